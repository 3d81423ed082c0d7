"""Guessing one's way in: passwords, and accounts that are there or not."""

import asyncio
import io
from typing import Any
from uuid import uuid4

import httpx
import pytest
import time_machine
from prometheus_client import REGISTRY
from sqlalchemy import text

from libs.common.database import PLATFORM
from libs.common.wire import new_id
from services.identity import tables
from tests.identity import given, people
from tests.kit import then
from tests.kit.running import Running

_EACH = 30
_WRONG = "not the password of anybody"


def told(answer: httpx.Response) -> dict[str, Any]:
    """All that an answer says, apart from which request it answers."""
    return {name: it for name, it in answer.json().items() if name != "request_id"}


def _hashed() -> float:
    return REGISTRY.get_sample_value("password_hashes_total") or 0


async def _crowd(
    identity: Running, person: people.Person, **differing: object
) -> list[people.Person]:
    """Thirty accounts with one person's password."""
    crowd = [
        people.Person(
            person.tenant,
            person.name,
            person.mail,
            login_id=f"u{uuid4().hex[:9]}",
            user_id=new_id("user"),
        )
        for _ in range(_EACH)
    ]
    async with identity.databases.tenant(person.tenant) as tx:
        row = await tx.get(tables.User, (person.tenant, person.user_id))
        members = {it.name: getattr(row, it.name) for it in tables.User.__table__.columns}
        for one in crowd:
            own = {"user_id": one.user_id, "login_id": one.login_id}
            tx.add(tables.User(**(members | own | differing)))
    async with identity.databases.tenant(PLATFORM) as tx:
        for one in crowd:
            place = {"login_id": one.login_id, "policyholder_code": one.tenant}
            tx.add(tables.LoginDirectoryEntry(tenant=PLATFORM, user_id=one.user_id, **place))
    return crowd


async def _suspended(identity: Running, tenant: str) -> None:
    async with identity.databases.tenant(tenant) as tx:
        await tx.execute(text("UPDATE policyholders SET active = false"))


@pytest.mark.attack("S01")
async def test_nobody_tells_accounts_apart(identity: Running) -> None:
    """Given accounts of every kind, when tried, then all answers and all work are the same."""
    person, suspended = await people.administrator(identity), await people.administrator(identity)
    strangers = [people.Person("", "", "", login_id=f"u{uuid4().hex[:9]}") for _ in range(_EACH)]
    tries = [
        *((it, _WRONG) for it in await _crowd(identity, person)),
        *((it, _WRONG) for it in strangers),
        *((it, it.password) for it in await _crowd(identity, person, status="DISABLED")),
        *((it, it.password) for it in await _crowd(identity, suspended)),
    ]
    await _suspended(identity, suspended.tenant)

    answers, before = [], _hashed()
    for one, password in tries:
        async with people.browser(identity) as visitor:
            answers.append(await visitor.post("login", login_id=one.login_id, password=password))

    # A duration would tell of the machine; what is computed tells of the account.
    assert _hashed() - before == len(tries) == 4 * _EACH
    for answer in answers:
        then.refused(answer, 401, "authentication-failed")
        assert told(answer) == told(answers[0])
        assert not answer.cookies


@pytest.mark.attack("S02")
async def test_after_five_failures_even_the_right_password_waits(identity: Running) -> None:
    """Given five wrong passwords, when the right one comes, then 429 says how long to wait."""
    person = await people.administrator(identity)
    async with people.browser(identity) as guesser, people.browser(identity) as owner:
        for _ in range(5):
            answer = await guesser.post("login", login_id=person.login_id, password=_WRONG)
            then.refused(answer, 401, "authentication-failed")

        sixth = await owner.signs_in(person)

        then.refused(sixth, 429, "rate-limited")
        assert 1 <= int(sixth.headers["retry-after"]) <= 61


async def test_a_wait_stands_in_the_history(identity: Running) -> None:
    """Given six wrong passwords, when the platform's history is read, then each wait is there."""
    person = await people.administrator(identity)
    before = await given.history(identity, PLATFORM, action="throttle")
    async with people.browser(identity) as guesser:
        for _ in range(6):
            await guesser.post("login", login_id=person.login_id, password=_WRONG)

    [entry] = (await given.history(identity, PLATFORM, action="throttle"))[len(before) :]
    assert entry.actor_id.startswith("password:")
    assert (entry.reason, person.login_id in entry.actor_id) == ("rate-limited", False)


async def test_strangers_keep_nobody_from_stepping_up(identity: Running) -> None:
    """Given strangers who fail at a sign-in, when its user steps up, then that is judged."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home, people.browser(identity) as guesser:
        await home.signs_in(person)
        for _ in range(5):
            await guesser.post("login", login_id=person.login_id, password=_WRONG)
        await home.steps_up(person)
        refused = await guesser.post("login", login_id=person.login_id, password=_WRONG)

    # And a step-up is no complete sign-in, which alone begins a count anew.
    then.refused(refused, 429, "rate-limited")


@pytest.mark.attack("S02")
async def test_the_wait_grows_and_ends_with_a_complete_sign_in(identity: Running) -> None:
    """Given a sixth failure, when a minute has passed, then not yet; after two the owner is in."""
    person = await people.administrator(identity)
    async with people.browser(identity) as guesser, people.browser(identity) as owner:
        with time_machine.travel(people.real_now(), tick=True) as clock:
            for _ in range(5):
                await guesser.post("login", login_id=person.login_id, password=_WRONG)
            clock.shift(61)
            await guesser.post("login", login_id=person.login_id, password=_WRONG)

            clock.shift(61)
            early = await owner.signs_in(person)
            clock.shift(61)
            late = await owner.signs_in(person)
            again = await owner.signs_in(person)

    then.refused(early, 429, "rate-limited")
    assert (late.status_code, again.status_code) == (200, 200)


@pytest.mark.attack("S03")
async def test_fifty_at_once_are_five(identity: Running) -> None:
    """Given fifty wrong passwords at once, when answered, then five were looked at."""
    person = await people.administrator(identity)
    before = _hashed()

    async def guess() -> httpx.Response:
        async with people.browser(identity) as guesser:
            return await guesser.post("login", login_id=person.login_id, password=_WRONG)

    answers = await asyncio.gather(*(guess() for _ in range(50)))

    assert sorted(it.status_code for it in answers) == [401] * 5 + [429] * 45
    assert _hashed() - before == 5


@pytest.mark.attack("S04")
async def test_nobody_is_locked_out_from_afar(identity: Running) -> None:
    """Given sixty failures of strangers, when the owner comes with their browser, then in."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        with time_machine.travel(people.real_now(), tick=True) as clock:
            for _ in range(60):
                async with people.browser(identity) as guesser:
                    await guesser.post("login", login_id=person.login_id, password=_WRONG)
                clock.shift(901)
            answer = await home.signs_in(person)
            async with people.browser(identity) as elsewhere:
                strange = await elsewhere.signs_in(person)

    assert answer.status_code == 200, answer.text
    # A complete sign-in has begun the count anew, also for other browsers.
    assert strange.status_code == 200


@pytest.mark.attack("S04")
async def test_a_stolen_browser_has_five_tries(identity: Running) -> None:
    """Given a known browser, when it fails five times, then it counts as any stranger's."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        statuses = [
            (await home.post("login", login_id=person.login_id, password=_WRONG)).status_code
            for _ in range(11)
        ]

    assert statuses == [401] * 10 + [429]


async def test_thirty_failures_close_an_address(identity: Running) -> None:
    """Given thirty failures from one address, when another account is tried from it, then 429."""
    async with people.browser(identity) as guesser:
        for _ in range(30):
            stranger = f"u{uuid4().hex[:9]}"
            answer = await guesser.post("login", login_id=stranger, password=_WRONG)
            assert answer.status_code == 401

        then.refused(
            await guesser.post("login", login_id="unobody", password=_WRONG), 429, "rate-limited"
        )


async def test_a_wrong_code_is_a_failure_of_its_address(
    identity: Running, boss: people.Person
) -> None:
    """Given twenty-nine failures from one address, when a code is wrong there, then 429."""
    await people.a_step_later(identity, boss)
    async with people.browser(identity) as home:
        for _ in range(29):
            await home.post("login", login_id=uuid4().hex, password=_WRONG)
        # What is right is no failure, neither the password nor the code.
        for code in (boss.otp(), "000000"):
            await home.post("login", login_id=boss.login_id, password=boss.password)
            last = await home.post("login/otp", otp=code)
        then.refused(last, 401, "authentication-failed")

        then.refused(
            await home.post("login", login_id="unobody", password=_WRONG), 429, "rate-limited"
        )


@pytest.mark.attack("S57")
async def test_a_form_with_a_gap_keeps_its_secret(identity: Running, logged: io.StringIO) -> None:
    """Given a form without its login id, when refused, then its password is told nowhere."""
    async with people.browser(identity) as home:
        answers = [
            await home.post("login", password=_WRONG),
            await home.post("login", login_id=3, password=_WRONG),
            await home.post("login", login_id="u123", password=_WRONG, more=_WRONG),
            await home.post("login/otp", otp="12345x", recovery_code=_WRONG),
        ]

    for answer in answers:
        then.refused(answer, 422, "validation-failed")
        assert _WRONG not in answer.text
    assert _WRONG not in logged.getvalue()
