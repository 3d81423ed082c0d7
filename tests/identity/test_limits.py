"""However many come at once, no more get through than one after another: every limit there is."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from libs.common.database import PLATFORM
from libs.common.problem_codes import RateLimited
from libs.common.wire import utc_text
from services.identity import queries, tables
from services.identity.actions.throttling import count, forget_old, subject
from services.identity.domain import throttling
from services.identity.domain.sessions import MOST_PER_USER
from services.identity.domain.throttling import Limit
from tests.identity import approving, given, people
from tests.identity.test_codes_api import completed
from tests.kit import then
from tests.kit.running import Running

_TOO_MANY = 7
_MOMENT = timedelta(seconds=1)


@pytest.mark.attack("S03")
@pytest.mark.parametrize("limit", throttling.LIMITS, ids=lambda it: it.kind)
async def test_each_limit_counts_one_by_one(identity: Running, limit: Limit) -> None:
    """Given a limit, when more tries come at once than it bears, then the rest are not judged."""
    free = next(tries for tries, wait in enumerate(limit.waits, 1) if wait)
    name, now = subject(limit, uuid4().hex), people.real_now()

    tries = (count(identity.databases, limit, name, now) for _ in range(free + _TOO_MANY))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)

    counted = [it for it in outcomes if isinstance(it, int)]
    assert sorted(counted) == list(range(1, free + 1))
    assert [type(it) for it in outcomes if it not in counted] == [RateLimited] * _TOO_MANY


def test_no_limit_is_left_out() -> None:
    """Given every limit that is written down, when those looked after are read, then the same."""
    assert list(throttling.LIMITS) == [it for it in vars(throttling).values() if type(it) is Limit]


@pytest.mark.parametrize("limit", throttling.LIMITS, ids=lambda it: it.kind)
async def test_a_count_is_forgotten_when_it_would_begin_anew(
    identity: Running, limit: Limit
) -> None:
    """Given a try, when its window is not yet over and then is, then it is kept, and then gone."""
    name, now = subject(limit, uuid4().hex), people.real_now()
    await count(identity.databases, limit, name, now)

    kept = []
    for late in (-_MOMENT, _MOMENT):
        async with identity.databases.platform() as tx:
            await forget_old(tx, now + limit.window + late)
            kept.append(await tx.get(tables.Throttle, (PLATFORM, name)) is not None)
            await tx.rollback()

    assert kept == [True, False]


@pytest.mark.attack("S13")
async def test_a_reissue_code_is_tried_five_times(identity: Running, boss: people.Person) -> None:
    """Given a code in the mail, when twelve wrong ones come at once, then it is worthless."""
    async with people.browser(identity) as home:
        await home.post("password-reissues", login_id=boss.login_id)
        code = await people.mailed_code(identity, boss)
        await people.a_step_later(identity, boss)
        wrong = (completed(home, boss, "0" * 10, otp=boss.otp()) for _ in range(12))
        await asyncio.gather(*wrong)

        answer = await completed(home, boss, code, otp=boss.otp())

    then.refused(answer, 401, "authentication-failed")


async def test_five_exports_are_made_in_an_hour(identity: Running, boss: people.Person) -> None:
    """Given a person, when eight exports are wished at once, then three of them must wait."""
    wish = {"occurred_at_from": utc_text(people.real_now()), "format": "JSONL"}
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        wish["occurred_at_to"] = utc_text(people.real_now())

        answers = await asyncio.gather(
            *(office.ask("POST", "/v1/access-history-exports", json=wish) for _ in range(8))
        )

    assert Counter(it.status_code for it in answers) == {202: 5, 429: 3}


async def test_ten_proofs_are_judged_in_a_minute(identity: Running, boss: people.Person) -> None:
    """Given a session, when its user steps up again and again, then the eleventh has to wait."""
    statuses = []
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        for _ in range(11):
            await people.a_step_later(identity, boss)
            proof = {"password": boss.password, "otp": boss.otp()}
            answer = await office.ask("POST", "/v1/auth/step-up", json=proof)
            statuses.append(answer.status_code)

    assert statuses == [200] * 10 + [429]


async def test_a_user_has_five_sessions(identity: Running, boss: people.Person) -> None:
    """Given four sessions, when four more browsers sign in at once, then five sessions live."""
    async with AsyncExitStack() as stack:
        homes = [await stack.enter_async_context(people.browser(identity)) for _ in range(4)]
        for home in homes:
            assert (await home.signs_in(boss)).status_code == 200
        for home in homes:
            await home.post("login", login_id=boss.login_id, password=boss.password)
        codes = zip(homes, boss.recovery_codes, strict=False)

        answers = await asyncio.gather(
            *(home.post("login/otp", recovery_code=code) for home, code in codes)
        )
    async with identity.databases.tenant(boss.tenant) as tx:
        living = await queries.living_sessions(tx, boss.user_id)

    assert [it.status_code for it in answers] == [200] * 4
    assert len(living) == MOST_PER_USER


async def test_a_company_has_five_programs(identity: Running) -> None:
    """Given a company, when eight programs are registered at once, then five are."""
    code = await given.policyholder(identity)

    answers = await asyncio.gather(
        *(given.registering(identity, given.registration(code)) for _ in range(8))
    )

    assert Counter(it.status_code for it in answers) == {201: 5, 409: 3}


async def test_a_telephone_is_confirmed_once(identity: Running, boss: people.Person) -> None:
    """Given an enrolment, when it is confirmed four times at once, then one gets new codes."""
    async with people.browser(identity) as home:
        await home.signs_in(boss)
        await home.steps_up(boss)
        begun = await home.ask("POST", "/v1/me/otp")
        boss.otp_secret = people.secret_of(begun.json()["otpauth_uri"])
        await people.a_step_later(identity, boss)
        wish = {"otp": boss.otp()}

        answers: list[httpx.Response] = await asyncio.gather(
            *(home.ask("POST", "/v1/me/otp/confirm", json=wish) for _ in range(4))
        )

    assert Counter(it.status_code for it in answers)[200] == 1
    assert {it.status_code for it in answers} <= {200, 401, 409}


@pytest.mark.attack("S43")
async def test_of_two_who_decide_at_once_one_does(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given a request, when one approves it while another rejects it, then one is heard."""
    third = await people.second_administrator(identity, boss)
    async with (
        people.browser(identity) as office,
        people.browser(identity) as desk,
        people.browser(identity) as other,
    ):
        made = await approving.requested(office, boss)

        answers = await asyncio.gather(
            approving.decided(desk, second, made),
            approving.decided(other, third, made, "reject"),
        )

    refused = max(answers, key=lambda it: it.status_code)
    assert sorted(it.status_code for it in answers) == [200, 412]
    then.refused(refused, 412, "precondition-failed")
