"""Passwords forgotten, chosen and changed: by their owners, and by nobody else."""

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


async def _completed(
    home: people.Browser, person: people.Person, code: str, **members: str
) -> httpx.Response:
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
            await _completed(home, person, code),
            await _completed(home, person, code, otp="000000"),
            await _completed(home, person, code, recovery_code="0" * 25),
        ]
        await people.hear(identity)
        session = await desk.ask("GET", "/v1/me")
        sign_in = await desk.signs_in(person)

    for answer in refusals:
        then.refused(answer, 401, "authentication-failed")
        assert told(answer) == told(refusals[0])
    assert (session.status_code, sign_in.status_code) == (200, 200)


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
        done = await _completed(home, person, code.upper(), otp=person.otp())
        await people.hear(identity)
        access, refresh = await desk.ask("GET", "/v1/me"), await desk.post("refresh")
        again = await _completed(home, person, code, recovery_code=person.recovery_codes[0])
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
                    await _completed(home, person, "0" * 10, otp=person.otp())
            case "elsewhere":
                browser = other
        cookie = {"Cookie": f"__Host-rx={browser.client.cookies.get('__Host-rx', '')}"}
        with time_machine.travel(people.real_now(), tick=True) as clock:
            clock.shift(seconds)
            browser.client.headers.update(cookie)
            answer = await _completed(browser, person, code, otp=person.otp())

    then.refused(answer, 401, "authentication-failed")


async def _activation(home: people.Browser, person: people.Person, code: str) -> httpx.Response:
    return await home.post("login/activation", login_id=person.login_id, activation_code=code)


@pytest.mark.attack("S13")
async def test_an_activation_code_works_once(identity: Running) -> None:
    """Given an activation code, when two bring it at once, then one goes on; then nobody."""
    person = await people.newcomer(identity)
    code = await people.mailed_code(identity, person)
    async with people.browser(identity) as one, people.browser(identity) as other:
        both = await asyncio.gather(
            _activation(one, person, code), _activation(other, person, code)
        )
        late = await _activation(other, person, code)

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
            await _activation(home, person, "0" * 10)
        with time_machine.travel(people.real_now(), tick=True) as clock:
            clock.shift(seconds)
            answer = await _activation(home, person, code)

    then.refused(answer, 401, "authentication-failed")


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
        stolen = await _activation(thief, person, code)

        step = await thief.post("login", login_id=person.login_id, password=person.password)
        owner = await _activation(thief, person, code)

    then.refused(stolen, 401, "authentication-failed")
    assert (step.json(), owner.json()) == ({"next": "activation"}, {"next": "enrolment"})


@pytest.mark.attack("S14")
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("fourteen chars", "password-too-short"),
        ("correct horse battery staple", "password-too-common"),
        ("my company is {code} today", "password-names-its-owner"),
        ("i am {login} at the office", "password-names-its-owner"),
        ("Moyai Trading Co., Ltd. rules", "password-names-its-owner"),
        ("at the moyai every morning", "password-names-its-owner"),
        ("abcabcabcabcabcabc", "password-repeats"),
        ("34567890123456789", "password-repeats"),
        (people.PASSWORD, "password-unchanged"),
    ],
)
async def test_a_weak_password_is_refused(identity: Running, password: str, reason: str) -> None:
    """Given a password others would guess, when chosen, then 422 says why."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        await people.a_step_later(identity, person)
        wish = {
            "current_password": person.password,
            "otp": person.otp(),
            "new_password": password.format(code=person.tenant, login=person.login_id),
        }
        answer = await home.ask("PUT", "/v1/me/password", json=wish)

    then.refused(answer, 422, "password-rejected", reason)


@pytest.mark.attack("S14")
@pytest.mark.parametrize("wrong", [{"current_password": "wrong"}, {"otp": "000000"}, {"otp": None}])
async def test_a_change_needs_the_current_password_and_the_code(
    identity: Running, wrong: dict[str, str | None]
) -> None:
    """Given a wrong current password or code, when a new one is chosen, then 401."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        await people.a_step_later(identity, person)
        wish = {
            "current_password": person.password,
            "otp": person.otp(),
            "new_password": people.ANOTHER_PASSWORD,
        }
        answer = await home.ask("PUT", "/v1/me/password", json=wish | wrong)
        still = await home.signs_in(person)

    then.refused(answer, 401, "authentication-failed")
    assert still.status_code == 200


@pytest.mark.attack("S15")
@pytest.mark.parametrize("change", ["password", "otp", "reset", "mail"])
async def test_old_tokens_end_with_a_change(identity: Running, change: str) -> None:
    """Given a session, when password, telephone or mail changes, then its tokens are dead."""
    boss = await people.administrator(identity)
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as home, people.browser(identity) as office:
        await home.signs_in(person)
        await home.steps_up(person)
        answer = await _changed(home, office, person, boss, change)
        assert answer.status_code < 300, answer.text
        await people.hear(identity)
        access, refresh = await home.ask("GET", "/v1/me"), await home.post("refresh")

    then.refused(access, 401, "invalid-token")
    then.refused(refresh, 401, "refresh-rejected")


async def _changed(
    home: people.Browser,
    office: people.Browser,
    person: people.Person,
    boss: people.Person,
    change: str,
) -> httpx.Response:
    await people.a_step_later(home.service, person)
    if change == "password":
        wish = {"current_password": person.password, "otp": person.otp()}
        wish |= {"new_password": people.ANOTHER_PASSWORD}
        return await home.ask("PUT", "/v1/me/password", json=wish)
    if change == "otp":
        enrolment = await home.ask("POST", "/v1/me/otp")
        person.otp_secret = people.secret_of(enrolment.json()["otpauth_uri"])
        return await home.ask("POST", "/v1/me/otp/confirm", json={"otp": person.otp()})
    if change == "mail":
        seen = await home.ask("GET", "/v1/me")
        wish = {"mail": "moved@example.com"}
        version = {"If-Match": seen.headers["etag"]}
        return await home.ask("PATCH", "/v1/me", json=wish, headers=version)
    await office.signs_in(boss)
    await office.steps_up(boss)
    seen = await office.ask("GET", f"/v1/users/{person.user_id}")
    version = {"If-Match": seen.headers["etag"]}
    return await office.ask("POST", f"/v1/users/{person.user_id}/reset-password", headers=version)


@pytest.mark.attack("S15")
async def test_after_a_reset_the_old_password_is_gone(identity: Running) -> None:
    """Given a reset by an administrator, when the old password comes, then 401."""
    boss = await people.administrator(identity)
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as home, people.browser(identity) as office:
        await _changed(home, office, person, boss, "reset")
        old = await home.signs_in(person)
        code = await people.mailed_code(identity, person)
        activated = await _activation(home, person, code)
        chosen = await home.post("login/password", new_password=people.ANOTHER_PASSWORD)
        await people.a_step_later(identity, person)
        new = await home.post("login/otp", otp=person.otp())

    then.refused(old, 401, "authentication-failed")
    assert (activated.json(), chosen.json()) == ({"next": "password"}, {"next": "otp"})
    assert new.status_code == 200


@pytest.mark.attack("S16")
async def test_nobody_chooses_a_password_for_another(identity: Running) -> None:
    """Given an administrator, when a password is sent for an applicant, then 422."""
    boss = await people.administrator(identity)
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        await office.steps_up(boss)
        wish = {"name": "x", "mail": "x@example.com", "password": people.ANOTHER_PASSWORD}
        created = await office.ask("POST", "/v1/users", json=wish)
        patch = {"password": people.ANOTHER_PASSWORD}
        patched = await office.ask(
            "PATCH", f"/v1/users/{person.user_id}", json=patch, headers={"If-Match": '"1"'}
        )

    then.refused(created, 422, "validation-failed")
    then.refused(patched, 422, "validation-failed")
