"""Administrators look after their applicants; everybody looks after themselves."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from tests.identity import given, people
from tests.kit import then
from tests.kit.running import Running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def boss(identity: Running) -> people.Person:
    """An administrator."""
    return await people.administrator(identity)


async def _acted(
    office: people.Browser, person: people.Person, verb: str, method: str = "POST", **options: Any
) -> httpx.Response:
    """An administrator's act on a user, from the version they see."""
    path = f"/v1/users/{person.user_id}"
    seen = await office.ask("GET", path)
    version = {"If-Match": seen.headers["etag"]}
    return await office.ask(method, f"{path}{verb}", headers=version, **options)


async def test_an_applicant_is_registered_without_a_password(
    identity: Running, boss: people.Person
) -> None:
    """Given an administrator, when an applicant is registered, then a code goes to their mail."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        wish = {"name": "舫 次郎", "mail": "new-jiro@example.com"}
        made = await office.ask("POST", "/v1/users", json=wish)
        listed = await office.ask("GET", "/v1/users")
    [letter] = await people.letters(identity, "new-jiro@example.com")

    assert (made.status_code, made.json()["role"]) == (201, "APPLICANT")
    assert made.headers["location"] == f"/v1/users/{made.json()['user_id']}"
    assert made.json()["login_id"] in letter.letter.text
    assert made.json()["login_id"] in {it["login_id"] for it in listed.json()["items"]}


async def test_an_applicant_is_changed_from_the_version_seen(
    identity: Running, boss: people.Person
) -> None:
    """Given an applicant, when changed from an old version, then 412; from the new one it holds."""
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        changed = await _acted(office, person, "", "PATCH", json={"name": "舫 三郎"})
        path = f"/v1/users/{person.user_id}"
        stale = await office.ask("PATCH", path, json={}, headers={"If-Match": '"1"'})
        missing = await office.ask("PATCH", path, json={})

    assert changed.json()["name"] == "舫 三郎"
    then.refused(stale, 412, "precondition-failed")
    then.refused(missing, 428, "precondition-required")


async def test_of_another_administrator_little_can_be_changed(
    identity: Running, boss: people.Person
) -> None:
    """Given another administrator, when name, mail, password or telephone is touched, then 409."""
    other = await people.second_administrator(identity, boss)
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        answers = [
            await _acted(office, other, "", "PATCH", json={"name": "x"}),
            await _acted(office, other, "", "PATCH", json={"mail": "x@example.com"}),
            await _acted(office, other, "/reset-password"),
            await _acted(office, other, "/reset-otp"),
            await _acted(office, other, "/otp", "PUT", json={"required": False}),
        ]
        demoted = await _acted(office, other, "", "PATCH", json={"role": "APPLICANT"})

    for answer in answers:
        then.refused(answer, 409, "state-conflict", "user-is-administrator")
    assert demoted.json()["role"] == "APPLICANT"


async def test_nobody_resets_oneself(identity: Running, boss: people.Person) -> None:
    """Given an administrator, when they reset their own password, then 409."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)

        answer = await _acted(office, boss, "/reset-password")

    then.refused(answer, 409, "state-conflict", "not-oneself")


async def test_three_codes_are_sent_to_a_user_in_an_hour(
    identity: Running, boss: people.Person
) -> None:
    """Given three resets of a user, when reset again within the hour, then 429 and no mail."""
    person = await people.applicant(identity, boss)
    statuses = []
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        await office.steps_up(boss)
        before = len(await people.letters(identity, person.mail))
        path = f"/v1/users/{person.user_id}"
        for _ in range(4):
            version = {"If-Match": (await office.ask("GET", path)).headers["etag"]}
            answer = await office.ask("POST", f"{path}/reset-password", headers=version)
            statuses.append(answer.status_code)

    assert statuses == [200, 200, 200, 429]
    assert len(await people.letters(identity, person.mail)) - before == 3


async def test_a_disabled_user_comes_back(identity: Running, boss: people.Person) -> None:
    """Given a disabled applicant, when enabled, then in; done twice, 409 each."""
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as office, people.browser(identity) as home:
        await office.signs_in(boss)
        await _acted(office, person, "/disable")
        out = await home.signs_in(person)
        again = await _acted(office, person, "/disable")
        await _acted(office, person, "/enable")
        twice = await _acted(office, person, "/enable")
        back = await home.signs_in(person)

    then.refused(out, 401, "authentication-failed")
    then.refused(again, 409, "state-conflict", "user-disabled")
    then.refused(twice, 409, "state-conflict", "user-enabled")
    assert back.status_code == 200


async def test_switching_on_asks_for_a_code(identity: Running, boss: people.Person) -> None:
    """Given an applicant without one-time password, when switched on, then they must enrol."""
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as office, people.browser(identity) as home:
        await office.signs_in(boss)
        await _acted(office, person, "/otp", "PUT", json={"required": False})
        without = await home.signs_in(person)
        await _acted(office, person, "/otp", "PUT", json={"required": True})
        step = await home.post("login", login_id=person.login_id, password=person.password)

    assert without.json()["next"] == "done"
    assert step.json() == {"next": "activation"}


async def test_ones_own_sessions_are_seen_and_ended(identity: Running, boss: people.Person) -> None:
    """Given two applicants, when one looks, then only the own sessions are there to be ended."""
    one, other = await people.applicant(identity, boss), await people.applicant(identity, boss)
    async with people.browser(identity) as home, people.browser(identity) as elsewhere:
        await home.signs_in(one)
        await elsewhere.signs_in(other)
        listed = (await home.ask("GET", "/v1/sessions")).json()["items"]
        theirs = (await elsewhere.ask("GET", "/v1/sessions")).json()["items"]
        foreign = await home.ask("DELETE", f"/v1/sessions/{theirs[0]['session_id']}")
        ended = [await home.ask("DELETE", f"/v1/sessions/{it['session_id']}") for it in listed]

    assert {it["user_id"] for it in listed} == {one.user_id}
    then.refused(foreign, 404, "not-found", "session-not-found")
    assert {it.status_code for it in ended} == {204}


async def test_ones_company_is_changed_by_its_administrator(
    identity: Running, boss: people.Person
) -> None:
    """Given a company, when its administrator changes its address, then names stay the staff's."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        seen = await office.ask("GET", "/v1/policyholder")
        version = {"If-Match": seen.headers["etag"]}
        wish = {"address_ja": "東京都港区海岸1丁目", "phone_number": "03-1234-5678"}
        changed = await office.ask("PATCH", "/v1/policyholder", json=wish, headers=version)
        refused = await office.ask(
            "PATCH", "/v1/policyholder", json={"name_ja": "別"}, headers=version
        )

    assert changed.json()["address_ja"] == "東京都港区海岸1丁目"
    then.refused(refused, 422, "validation-failed")


@pytest.mark.parametrize("pending", [True, False])
async def test_an_enrolment_begun_changes_nothing(
    identity: Running, boss: people.Person, *, pending: bool
) -> None:
    """Given an enrolment begun, when it is given up or not, then the old telephone still counts."""
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        begun = await home.ask("POST", "/v1/me/otp")
        if not pending:
            await home.ask("DELETE", "/v1/me/otp")
        state = await home.ask("GET", "/v1/me/otp")
        again = await home.signs_in(person)

    assert begun.json()["qr_svg"].startswith("<svg")
    assert state.json() == {
        "required": True,
        "enrolled": True,
        "pending": pending,
        "recovery_codes_left": 10,
    }
    assert again.status_code == 200


async def test_staff_help_who_has_lost_everything(identity: Running) -> None:
    """Given an administrator without telephone or codes, when staff reset it, then a mail helps."""
    boss = await people.administrator(identity)
    known = identity.staff("ops:users:write")
    path = f"/ops/v1/users/{boss.login_id}"
    seen = await identity.client.get(path, headers=known)
    version = {"If-Match": seen.headers["etag"], "Idempotency-Key": uuid4().hex}
    done = await identity.client.post(f"{path}/reset-otp", headers=known | version)
    code = await people.mailed_code(identity, boss)
    async with people.browser(identity) as home:
        waits = await home.post("login", login_id=boss.login_id, password=boss.password)
        activated = await people.activation(home, boss, code)
        enrolled = await home.post("login/enrolment")
        boss.otp_secret = people.secret_of(enrolled.json()["otpauth_uri"])
        await people.a_step_later(identity, boss)
        entered = await home.post("login/otp", otp=boss.otp())

    assert (seen.status_code, done.status_code) == (200, 200), done.text
    assert (waits.json(), activated.json()) == ({"next": "activation"}, {"next": "enrolment"})
    assert entered.status_code == 200
    [entry] = await given.history(identity, boss.tenant, action="user.reset-otp")
    assert entry.actor_type == "staff"


async def test_staff_do_not_find_who_is_not_there(identity: Running) -> None:
    """Given a login id that nobody has, when staff look, then 404."""
    known = identity.staff("ops:users:write")

    answer = await identity.client.get("/ops/v1/users/unobody", headers=known)

    then.refused(answer, 404, "not-found", "user-not-found")
