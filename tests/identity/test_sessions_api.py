"""Sessions of people: renewed by their own browser, ended for good, and no longer than a day."""

import asyncio

import pytest
import time_machine

from tests.identity import people
from tests.kit import then
from tests.kit.running import Running

_OTHERS = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": "https://api.moyai.test.evil.test"},
    {"X-Requested-By": "fetch"},
]
_STEPS = [
    "login",
    "login/otp",
    "login/activation",
    "login/password",
    "login/enrolment",
    "refresh",
    "logout",
    "password-reissues",
    "password-reissues/complete",
]


@pytest.mark.attack("S22")
async def test_a_refresh_token_replayed_ends_the_family(identity: Running) -> None:
    """Given a used refresh token, when it comes after 11 s, then thief and owner are out."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home, people.browser(identity) as thief:
        await home.signs_in(person)
        stolen = {"Cookie": f"__Host-rt={home.client.cookies['__Host-rt']}"}
        with time_machine.travel(people.real_now(), tick=True) as clock:
            first = await home.post("refresh")
            home.token = first.json()["access_token"]
            clock.shift(11)
            replayed = await thief.client.post("/v1/auth/refresh", headers=stolen)
            owner = await home.post("refresh")
            await people.hear(identity)
            access = await home.ask("GET", "/v1/me")
            newest = (await people.letters(identity, person.mail))[-1]

    assert first.status_code == 200
    then.refused(replayed, 401, "refresh-rejected")
    then.refused(owner, 401, "refresh-rejected")
    then.refused(access, 401, "invalid-token")
    assert "copy of your session" in newest.letter.text


@pytest.mark.attack("S23")
async def test_of_two_refreshes_at_once_one_succeeds(identity: Running) -> None:
    """Given one token in two requests at once, when answered, then one successor, and it works."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        answers = await asyncio.gather(home.post("refresh"), home.post("refresh"))
        after = await home.post("refresh")

    refused, renewed = sorted(answers, key=lambda it: -it.status_code)
    then.refused(refused, 409, "refresh-in-progress")
    assert (renewed.status_code, after.status_code) == (200, 200)
    assert "__Host-rt" not in refused.cookies


@pytest.mark.attack("S24")
@pytest.mark.parametrize("headers", _OTHERS)
async def test_other_sites_move_no_cookie(identity: Running, headers: dict[str, str]) -> None:
    """Given a session, when another site sends its cookies, then 403 and the session lives."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        answers = [
            await home.client.post(f"/v1/auth/{step}", json={}, headers=headers) for step in _STEPS
        ]
        after = await home.post("refresh")

    codes = [answer.json()["code"] for answer in answers]
    assert set(codes) <= {"csrf-rejected"}, codes
    assert {it.status_code for it in answers} == {403}
    assert after.status_code == 200


@pytest.mark.attack("S24")
@pytest.mark.parametrize("missing", ["Origin", "X-Requested-By"])
async def test_without_saying_where_from_nothing_moves(identity: Running, missing: str) -> None:
    """Given a refresh that does not say which page sends it, when it comes, then 403."""
    async with people.browser(identity) as home:
        del home.client.headers[missing]

        then.refused(await home.post("refresh"), 403, "csrf-rejected")


@pytest.mark.attack("S25")
async def test_after_signing_out_nothing_works(identity: Running) -> None:
    """Given a session signed out, when its tokens are used, then both are dead, its twin not."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home, people.browser(identity) as other:
        await home.signs_in(person)
        await other.signs_in(person)
        kept = {"Cookie": f"__Host-rt={home.client.cookies['__Host-rt']}"}
        out = await home.post("logout")
        await people.hear(identity)
        access = await home.ask("GET", "/v1/me")
        refresh = await home.client.post("/v1/auth/refresh", headers=kept)
        twin = await other.ask("GET", "/v1/me")

    assert (out.status_code, twin.status_code) == (204, 200)
    then.refused(access, 401, "invalid-token")
    then.refused(refresh, 401, "refresh-rejected")


@pytest.mark.attack("S25")
@pytest.mark.parametrize("act", ["disable", "role", "session", "suspend"])
async def test_whoever_is_put_out_is_out(identity: Running, act: str) -> None:
    """Given a session, when its user is disabled, changed or put out, then its tokens are dead."""
    boss = await people.administrator(identity)
    person = await people.second_administrator(identity, boss)
    async with people.browser(identity) as home, people.browser(identity) as office:
        await home.signs_in(person)
        await office.signs_in(boss)
        await office.steps_up(boss)
        await _put_out(identity, office, person, act)
        await people.hear(identity)
        access, refresh = await home.ask("GET", "/v1/me"), await home.post("refresh")
        sign_in = await home.signs_in(person)

    then.refused(access, 401, "invalid-token")
    then.refused(refresh, 401, "refresh-rejected")
    assert sign_in.status_code == (200 if act in ("role", "session") else 401)


async def _put_out(
    identity: Running, office: people.Browser, person: people.Person, act: str
) -> None:
    seen = await office.ask("GET", f"/v1/users/{person.user_id}")
    version = {"If-Match": seen.headers["etag"]}
    path = f"/v1/users/{person.user_id}"
    if act == "disable":
        answer = await office.ask("POST", f"{path}/disable", headers=version)
    elif act == "role":
        wish = {"role": "APPLICANT"}
        answer = await office.ask("PATCH", path, json=wish, headers=version)
    elif act == "session":
        listed = await office.ask("GET", "/v1/sessions", params={"user_id": person.user_id})
        [session] = [it for it in listed.json()["items"] if it["user_agent"] == "Lighthouse/1"][:1]
        for it in listed.json()["items"]:
            answer = await office.ask("DELETE", f"/v1/sessions/{it['session_id']}")
        assert session["user_id"] == person.user_id
    else:
        answer = await identity.client.put(
            f"/ops/v1/policyholders/{person.tenant}",
            json={"name_ja": "舫商事", "name_en": "Moyai Trading", "active": False},
            headers=identity.staff("ops:policyholders:write") | {"If-Match": '"1"'},
        )
    assert answer.status_code < 300, answer.text


@pytest.mark.attack("S26")
async def test_a_session_unused_for_half_an_hour_is_over(identity: Running) -> None:
    """Given a session, when 31 minutes pass, then it cannot be renewed; after 29 it can."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        with time_machine.travel(people.real_now(), tick=True) as clock:
            clock.shift(29 * 60)
            in_time = await home.post("refresh")
            clock.shift(31 * 60)
            late = await home.post("refresh")

    assert in_time.status_code == 200
    then.refused(late, 401, "refresh-rejected")


@pytest.mark.attack("S26")
async def test_no_session_lives_longer_than_twelve_hours(identity: Running) -> None:
    """Given a session renewed all day, when twelve hours are over, then so is the session."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        with time_machine.travel(people.real_now(), tick=False) as clock:
            await home.signs_in(person)
            for _ in range(24):
                clock.shift(29 * 60)
                assert (await home.post("refresh")).status_code == 200
            clock.shift(24 * 60 + 1)
            late = await home.post("refresh")

    then.refused(late, 401, "refresh-rejected")


async def test_a_sixth_session_ends_the_oldest(identity: Running) -> None:
    """Given five sessions, when a sixth begins, then the one unused longest is over."""
    person = await people.administrator(identity)
    async with people.browser(identity) as first, people.browser(identity) as other:
        await first.signs_in(person)
        for _ in range(5):
            await other.signs_in(person)
        oldest, newest = await first.post("refresh"), await other.post("refresh")

    then.refused(oldest, 401, "refresh-rejected")
    assert newest.status_code == 200


@pytest.mark.attack("S21")
async def test_a_token_counts_in_its_header_only(identity: Running) -> None:
    """Given a good access token, when sent in a cookie or the query, then it is not seen."""
    person = await people.administrator(identity)
    async with people.browser(identity) as home:
        await home.signs_in(person)
        token = home.token
        cookie = await home.client.get("/v1/me", headers={"Cookie": f"access_token={token}"})
        query = await home.client.get("/v1/me", params={"access_token": token})

    then.refused(cookie, 401, "invalid-token")
    then.refused(query, 401, "invalid-token")
