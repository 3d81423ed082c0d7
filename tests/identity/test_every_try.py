"""Every try to get in is written down, whatever becomes of it; and no flood of them swamps it."""

from uuid import uuid4

import pytest
import time_machine

from libs.common.clock import now as business_now
from libs.common.database import PLATFORM
from services.identity import jobs
from services.identity.domain.sign_in import LIFE
from tests.identity import given, people
from tests.identity.test_codes_api import completed
from tests.kit import then
from tests.kit.running import Running

_WRONG = "not the password of anybody"
_TOLD = "refused-while-waiting"


async def _refused_tries(identity: Running) -> list[str | None]:
    """What the platform's history tells of tries that waits have refused."""
    await jobs.TELL_REFUSED.act(identity.databases, identity.settings, business_now())
    entries = await given.history(identity, PLATFORM, action="throttle", reason=_TOLD)
    return [entry.target for entry in entries if entry.actor_id.startswith("password:")]


async def _newest(identity: Running, tenant: str) -> tuple[str, str, str | None]:
    entry = (await given.history(identity, tenant))[-1]
    return entry.action, entry.outcome, entry.reason


async def test_tries_during_a_wait_are_told_by_one_entry(
    identity: Running, boss: people.Person
) -> None:
    """Given a wait, when sixty tries are refused during it, then one entry tells how many."""
    before = await _refused_tries(identity)
    for _ in range(13):
        async with people.browser(identity) as guesser:
            for _ in range(5):
                await guesser.post("login", login_id=boss.login_id, password=_WRONG)

    told = (await _refused_tries(identity))[len(before) :]
    again = (await _refused_tries(identity))[len(before) :]

    assert told == again == ["60 tries"]


async def test_what_a_wait_refused_is_told_though_its_user_came_in(
    identity: Running, boss: people.Person
) -> None:
    """Given tries refused during a wait, when its user signs in before they are told, then told."""
    before = await _refused_tries(identity)
    async with people.browser(identity) as home, people.browser(identity) as guesser:
        for _ in range(8):
            await guesser.post("login", login_id=boss.login_id, password=_WRONG)
        with time_machine.travel(people.real_now(), tick=True) as clock:
            clock.shift(61)
            entered = await home.signs_in(boss)
        again = await guesser.post("login", login_id=boss.login_id, password=_WRONG)

    assert (entered.status_code, again.status_code) == (200, 401)
    assert (await _refused_tries(identity))[len(before) :] == ["3 tries"]


@pytest.mark.attack("S09")
async def test_a_step_that_nobody_waits_for_is_written_down(
    identity: Running, boss: people.Person
) -> None:
    """Given sign-ins out of order, too late or not there, when they go on, then each is known."""
    reasons = []
    async with people.browser(identity) as home:
        await home.post("login", login_id=boss.login_id, password=boss.password)
        answers = [await home.post("login/password", new_password=people.ANOTHER_PASSWORD)]
        reasons.append(await _newest(identity, boss.tenant))
        answers.append(await home.post("login/otp", otp=boss.otp()))
        reasons.append(await _newest(identity, PLATFORM))
        await home.post("login", login_id=boss.login_id, password=boss.password)
        with time_machine.travel(people.real_now() + LIFE, tick=True):
            cookie = {"Cookie": f"__Host-ltx={home.client.cookies['__Host-ltx']}"}
            late = {"otp": boss.otp()}
            answers.append(await home.client.post("/v1/auth/login/otp", json=late, headers=cookie))
        reasons.append(await _newest(identity, boss.tenant))

    for answer in answers:
        then.refused(answer, 401, "authentication-failed")
    assert reasons == [
        ("password.set", "FAILURE", "wrong-order"),
        ("login.otp", "FAILURE", "no-sign-in"),
        ("login.otp", "FAILURE", "too-late"),
    ]


async def test_steps_that_nobody_waits_for_close_their_address(identity: Running) -> None:
    """Given thirty codes for no sign-in from one address, when anything comes from it, then 429."""
    async with people.browser(identity) as guesser:
        for _ in range(30):
            answer = await guesser.post("login/otp", otp="000000")
            then.refused(answer, 401, "authentication-failed")

        closed = await guesser.post("login", login_id="unobody", password=_WRONG)

    then.refused(closed, 429, "rate-limited")


async def test_codes_for_accounts_that_are_not_there_are_written_down(identity: Running) -> None:
    """Given no such account, when codes come for it, then both are known, and not its name."""
    stranger = people.Person("", "", "", login_id=uuid4().hex)
    async with people.browser(identity) as visitor:
        await people.activation(visitor, stranger, "0" * 10)
        activation = await _newest(identity, PLATFORM)
        await completed(visitor, stranger, "0" * 10, otp="000000")
        reissue = await _newest(identity, PLATFORM)
        for _ in range(4):
            await visitor.post("password-reissues", login_id=stranger.login_id)

    assert activation == ("login.activation", "FAILURE", "unknown-login-id")
    assert reissue == ("password.reissue", "FAILURE", "unknown-login-id")
    entries = await given.history(identity, PLATFORM)
    assert entries[-1].actor_id.startswith("mail-user:")
    assert not [it for it in entries if stranger.login_id in it.actor_id]


async def test_what_staff_do_to_companies_and_programs_is_written_down(identity: Running) -> None:
    """Given a company and its program, when staff enter and revoke them, then histories tell."""
    machine = await given.machine(identity)
    await given.revoked(identity, machine)
    rejected = (await people.applied(identity, "no@example.com")).json()["registration_id"]
    reason = {"reason_ja": "不備", "reason_en": "Incomplete"}
    known = {"Idempotency-Key": uuid4().hex, "If-Match": '"1"'}
    await identity.client.post(
        f"/ops/v1/registrations/{rejected}/reject",
        json=reason,
        headers=identity.staff("ops:registrations:write") | known,
    )

    company = machine.policyholder_code or ""
    own = await given.history(identity, company, target=machine.client_id)
    entered = await given.history(identity, PLATFORM, target=company)
    decided = await given.history(identity, PLATFORM, target=rejected)
    assert [(it.action, it.actor_type) for it in own] == [
        ("machine-client.register", "staff"),
        ("machine-client.revoke", "staff"),
    ]
    assert [it.action for it in entered] == ["policyholder.enter"]
    assert [it.action for it in decided] == ["registration.reject"]


async def test_what_is_changed_of_a_person_is_told_by_hashes(
    identity: Running, boss: people.Person
) -> None:
    """Given a new mail address, when the history is read, then a hash tells it, and only one."""
    async with people.browser(identity) as home:
        await home.signs_in(boss)
        await home.steps_up(boss)
        seen = await home.ask("GET", "/v1/me")
        wish = {"mail": "elsewhere@example.com"}
        version = {"If-Match": seen.headers["etag"]}
        answer = await home.ask("PATCH", "/v1/me", json=wish, headers=version)

    assert answer.status_code == 200, answer.text
    [entry] = await given.history(identity, boss.tenant, action="profile.change")
    [(name, value)] = entry.changed.items()
    assert (name, len(value)) == ("mail", 64)
