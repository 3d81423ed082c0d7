"""Codes from the mail: for a forgotten password, or to begin with; once, and in time."""

import asyncio

import httpx
import pytest
import time_machine

from tests.identity import people
from tests.identity.test_guessing import told
from tests.kit import then
from tests.kit.running import Running


async def _asked_for_reissue(home: people.Browser, login_id: str) -> httpx.Response:
    return await home.post("password-reissues", login_id=login_id)


async def completed(
    home: people.Browser, person: people.Person, code: str, **members: str
) -> httpx.Response:
    """Complete a reissue with a code, and whatever else is given."""
    wish = {"login_id": person.login_id, "reissue_code": code}
    wish |= {"new_password": people.ANOTHER_PASSWORD}
    return await home.post("password-reissues/complete", **(wish | members))


@pytest.mark.attack("S11")
async def test_reissue_does_not_tell_who_is_there(identity: Running) -> None:
    """Given accounts that may and may not, when a reissue is asked, then all answers are one."""
    administrator = await people.administrator(identity)
    applicant = await people.applicant(identity, administrator)
    answers, mails = [], {}
    for person in (administrator, applicant, people.Person("", "", "no@x.test", login_id="unone")):
        before = await people.letters(identity, person.mail)
        async with people.browser(identity) as home:
            answers.append(await _asked_for_reissue(home, person.login_id))
            assert home.client.cookies["__Host-rx"]
        mails[person.mail] = len(await people.letters(identity, person.mail)) - len(before)

    assert [it.status_code for it in answers] == [202, 202, 202]
    assert len({it.content for it in answers}) == 1
    assert mails == {administrator.mail: 1, applicant.mail: 0, "no@x.test": 0}


@pytest.mark.attack("S11")
async def test_three_mails_an_hour_are_all(identity: Running) -> None:
    """Given three requests, when a fourth comes within the hour, then 202 and no mail."""
    person = await people.administrator(identity)
    before = len(await people.letters(identity, person.mail))
    for _ in range(5):
        async with people.browser(identity) as home:
            answer = await _asked_for_reissue(home, person.login_id)
            assert answer.status_code == 202

    assert len(await people.letters(identity, person.mail)) - before == 3


@pytest.mark.attack("S12")
async def test_reissue_needs_the_second_factor(identity: Running) -> None:
    """Given the right code, when no or a wrong second factor comes, then nothing changes."""
    person = await people.administrator(identity)
    async with people.browser(identity) as desk, people.browser(identity) as home:
        await desk.signs_in(person)
        await _asked_for_reissue(home, person.login_id)
        code = await people.mailed_code(identity, person)
        refusals = [
            await completed(home, person, code),
            await completed(home, person, code, otp="000000"),
            await completed(home, person, code, recovery_code="0" * 25),
        ]
        await people.hear(identity)
        session = await desk.ask("GET", "/v1/me")
        sign_in = await desk.signs_in(person)

    for answer in refusals:
        then.refused(answer, 401, "authentication-failed")
        assert told(answer) == told(refusals[0])
    assert (session.status_code, sign_in.status_code) == (200, 200)


@pytest.mark.attack("S12")
async def test_the_code_alone_does_not_try_out_the_current_password(identity: Running) -> None:
    """Given the right code, when the current password is sent, then only both factors hear so."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await _asked_for_reissue(home, person.login_id)
        code = await people.mailed_code(identity, person)
        with_code = await completed(home, person, code, new_password=person.password)
        other = await completed(home, person, code)
        await people.a_step_later(identity, person)
        proven = await completed(home, person, code, new_password=person.password, otp=person.otp())
        renewed = await completed(home, person, code, otp=person.otp())

    then.refused(with_code, 401, "authentication-failed")
    assert told(with_code) == told(other)
    then.refused(proven, 422, "password-rejected", "password-unchanged")
    assert renewed.status_code == 204


@pytest.mark.attack("S13")
@pytest.mark.attack("S15")
async def test_a_reissue_code_works_once_and_ends_every_session(identity: Running) -> None:
    """Given a reissue, when completed, then old tokens are dead, and so is the code."""
    person = await people.administrator(identity)
    async with people.browser(identity) as desk, people.browser(identity) as home:
        await desk.signs_in(person)
        await people.a_step_later(identity, person)
        await _asked_for_reissue(home, person.login_id)
        code = await people.mailed_code(identity, person)
        done = await completed(home, person, code.upper(), otp=person.otp())
        await people.hear(identity)
        access, refresh = await desk.ask("GET", "/v1/me"), await desk.post("refresh")
        again = await completed(home, person, code, recovery_code=person.recovery_codes[0])
        person.password = people.ANOTHER_PASSWORD
        new = await desk.signs_in(person)

    assert (done.status_code, new.status_code) == (204, 200)
    then.refused(access, 401, "invalid-token")
    then.refused(refresh, 401, "refresh-rejected")
    then.refused(again, 401, "authentication-failed")


@pytest.mark.attack("S13")
@pytest.mark.parametrize("how", ["expired", "superseded", "guessed", "elsewhere"])
async def test_a_reissue_code_out_of_its_place_is_worthless(identity: Running, how: str) -> None:
    """Given a code too old, replaced, guessed at or taken elsewhere, when brought, then 401."""
    person = await people.administrator(identity)
    await people.a_step_later(identity, person)
    async with people.browser(identity) as home, people.browser(identity) as other:
        await _asked_for_reissue(home, person.login_id)
        code = await people.mailed_code(identity, person)
        browser, seconds = home, 0
        match how:
            case "expired":
                seconds = 601
            case "superseded":
                await _asked_for_reissue(home, person.login_id)
            case "guessed":
                for _ in range(5):
                    await completed(home, person, "0" * 10, otp=person.otp())
            case "elsewhere":
                browser = other
        cookie = {"Cookie": f"__Host-rx={browser.client.cookies.get('__Host-rx', '')}"}
        with time_machine.travel(people.real_now(), tick=True) as clock:
            clock.shift(seconds)
            browser.client.headers.update(cookie)
            answer = await completed(browser, person, code, otp=person.otp())

    then.refused(answer, 401, "authentication-failed")


@pytest.mark.attack("S13")
async def test_an_activation_code_works_once(identity: Running) -> None:
    """Given an activation code, when two bring it at once, then one goes on; then nobody."""
    person = await people.newcomer(identity)
    code = await people.mailed_code(identity, person)
    async with people.browser(identity) as one, people.browser(identity) as other:
        both = await asyncio.gather(
            people.activation(one, person, code), people.activation(other, person, code)
        )
        late = await people.activation(other, person, code)

    assert sorted(it.status_code for it in both) == [200, 401]
    then.refused(late, 401, "authentication-failed")


@pytest.mark.attack("S13")
@pytest.mark.parametrize(("guesses", "seconds"), [(5, 0), (0, 24 * 3600 + 1)])
async def test_an_activation_code_guessed_at_or_old_is_dead(
    identity: Running, guesses: int, seconds: int
) -> None:
    """Given five guesses or a day gone by, when the right code comes, then 401."""
    person = await people.newcomer(identity)
    code = await people.mailed_code(identity, person)
    async with people.browser(identity) as home:
        for _ in range(guesses):
            await people.activation(home, person, "0" * 10)
        with time_machine.travel(people.real_now(), tick=True) as clock:
            clock.shift(seconds)
            answer = await people.activation(home, person, code)

    then.refused(answer, 401, "authentication-failed")


@pytest.mark.attack("S13")
async def test_an_activation_code_ends_with_the_next(identity: Running) -> None:
    """Given two resets of an applicant, when the first one's code is brought, then 401."""
    boss = await people.administrator(identity)
    person = await people.applicant(identity, boss)
    sent = []
    async with people.browser(identity) as office, people.browser(identity) as home:
        await office.signs_in(boss)
        await office.steps_up(boss)
        path = f"/v1/users/{person.user_id}"
        for _ in range(2):
            version = {"If-Match": (await office.ask("GET", path)).headers["etag"]}
            reset = await office.ask("POST", f"{path}/reset-password", headers=version)
            assert reset.status_code == 200, reset.text
            sent.append(await people.mailed_code(identity, person))
        earlier, later = [await people.activation(home, person, code) for code in sent]

    then.refused(earlier, 401, "authentication-failed")
    assert later.json() == {"next": "password"}


@pytest.mark.attack("S13")
async def test_an_activation_code_needs_no_password_only_where_there_is_none(
    identity: Running,
) -> None:
    """Given an applicant who must enrol anew, when a thief brings the code alone, then 401."""
    boss = await people.administrator(identity)
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as office, people.browser(identity) as thief:
        await office.signs_in(boss)
        await office.steps_up(boss)
        seen = await office.ask("GET", f"/v1/users/{person.user_id}")
        await office.ask(
            "POST",
            f"/v1/users/{person.user_id}/reset-otp",
            headers={"If-Match": seen.headers["etag"]},
        )
        code = await people.mailed_code(identity, person)
        stolen = await people.activation(thief, person, code)

        step = await thief.post("login", login_id=person.login_id, password=person.password)
        owner = await people.activation(thief, person, code)

    then.refused(stolen, 401, "authentication-failed")
    assert (step.json(), owner.json()) == ({"next": "activation"}, {"next": "enrolment"})
