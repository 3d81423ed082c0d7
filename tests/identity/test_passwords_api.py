"""Passwords forgotten, chosen and changed: by their owners, and by nobody else."""

import httpx
import pytest

from tests.identity import people
from tests.kit import then
from tests.kit.running import Running


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
        activated = await people.activation(home, person, code)
        chosen = await home.post("login/password", new_password=people.ANOTHER_PASSWORD)
        await people.a_step_later(identity, person)
        new = await home.post("login/otp", otp=person.otp())

    then.refused(old, 401, "authentication-failed")
    assert (activated.json(), chosen.json()) == ({"next": "password"}, {"next": "otp"})
    assert new.status_code == 200


@pytest.mark.attack("S16")
async def test_nobody_chooses_a_password_for_another(identity: Running) -> None:
    """Given an administrator, when a password is sent for an applicant, then 422 always."""
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
        reset = await office.ask(
            "POST",
            f"/v1/users/{person.user_id}/reset-password",
            json=patch,
            headers={"If-Match": '"1"'},
        )
        still = await office.signs_in(person)

    places = [
        then.refused(answer, 422, "validation-failed")["errors"][0]["pointer"]
        for answer in (created, patched, reset)
    ]
    assert places == ["#/password", "#/password", "#"]
    assert still.status_code == 200
