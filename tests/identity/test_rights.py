"""People with too many rights: over themselves, over others, over the whole company."""

import asyncio

import httpx
import pytest
import time_machine

from tests.identity import given, people
from tests.kit import then
from tests.kit.running import Running


@pytest.mark.attack("S36")
async def test_an_applicant_is_no_administrator(identity: Running) -> None:
    """Given an applicant's token, when used on what is for administrators, then 403."""
    person = await people.applicant(identity, await people.administrator(identity))
    path = f"/v1/users/{person.user_id}"
    async with people.browser(identity) as home:
        await home.signs_in(person)
        answers = [
            await home.ask("GET", "/v1/users"),
            await home.ask("GET", path),
            await home.ask("POST", "/v1/users", json={}),
            await home.ask("PATCH", path, json={}),
            await home.ask("PUT", f"{path}/otp", json={}),
            await home.ask("PATCH", "/v1/policyholder", json={}),
            await home.ask("GET", "/v1/machine-clients"),
            *[
                await home.ask("POST", f"{path}/{verb}")
                for verb in ("disable", "enable", "reset-password", "reset-otp")
            ],
        ]

    told = await given.history(identity, person.tenant, action="access")
    for answer in answers:
        then.refused(answer, 403, "forbidden")
    assert [it.request_id for it in told] == [it.headers["X-Request-Id"] for it in answers]
    assert {(it.actor_id, it.reason) for it in told} == {(person.user_id, "forbidden")}
    assert told[0].target == "GET /v1/users"


@pytest.mark.attack("S37")
@pytest.mark.parametrize(
    "more",
    [
        {"role": "ADMINISTRATOR"},
        {"tenant": "045012300"},
        {"status": "ACTIVE"},
        {"otp_enabled": False},
        {"otp_required": False},
        {"login_id": "u00000000"},
        {"version": 9},
    ],
)
async def test_nobody_gives_oneself_rights(identity: Running, more: dict[str, object]) -> None:
    """Given one's own profile, when a right is changed in it, then 422 and nothing changes."""
    person = await people.applicant(identity, await people.administrator(identity))
    async with people.browser(identity) as home:
        await home.signs_in(person)
        before = await home.ask("GET", "/v1/me")
        version = {"If-Match": before.headers["etag"]}
        answer = await home.ask("PATCH", "/v1/me", json={"name": "x"} | more, headers=version)
        after = await home.ask("GET", "/v1/me")

    then.refused(answer, 422, "validation-failed")
    assert after.json() == before.json()


async def _acts(office: people.Browser, user_id: str) -> list[httpx.Response]:
    """Demote and disable a user."""
    path = f"/v1/users/{user_id}"
    version = {"If-Match": (await office.ask("GET", path)).headers["etag"]}
    return [
        await office.ask("PATCH", path, json={"role": "APPLICANT"}, headers=version),
        await office.ask("POST", f"{path}/disable", headers=version),
    ]


@pytest.mark.attack("S39")
async def test_the_last_administrator_stays(identity: Running) -> None:
    """Given one administrator beside a disabled one, when demoted or disabled, then 409."""
    boss = await people.administrator(identity)
    other = await people.second_administrator(identity, boss)
    await people.changed(identity, other, "status = 'DISABLED'")
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        await office.steps_up(boss)
        answers = await _acts(office, boss.user_id)

    for answer in answers:
        then.refused(answer, 409, "last-administrator")


@pytest.mark.attack("S39")
async def test_two_who_remove_each_other_at_once_leave_one(identity: Running) -> None:
    """Given two administrators, when each disables the other at once, then one remains."""
    boss = await people.administrator(identity)
    other = await people.second_administrator(identity, boss)
    async with people.browser(identity) as one, people.browser(identity) as two:
        for desk, person in ((one, boss), (two, other)):
            await desk.signs_in(person)
            await desk.steps_up(person)
        seen = [await one.ask("GET", f"/v1/users/{it.user_id}") for it in (boss, other)]
        tags = [{"If-Match": it.headers["etag"]} for it in seen]
        answers = await asyncio.gather(
            one.ask("POST", f"/v1/users/{other.user_id}/disable", headers=tags[1]),
            two.ask("POST", f"/v1/users/{boss.user_id}/disable", headers=tags[0]),
        )

    assert sorted(it.status_code for it in answers) == [200, 409]


@pytest.mark.attack("S41")
async def test_a_sensitive_act_needs_a_fresh_proof(identity: Running) -> None:
    """Given a sign-in of 301 s ago, when users are changed, then 401 asks for a step-up."""
    boss = await people.administrator(identity)
    async with people.browser(identity) as office:
        with time_machine.travel(people.real_now(), tick=False) as clock:
            await office.signs_in(boss)
            fresh = await office.ask("POST", "/v1/users", json={})
            clock.shift(270)
            office.token = (await office.post("refresh")).json()["access_token"]
            clock.shift(31)
            late = await office.ask("POST", "/v1/users", json={})
            read = await office.ask("GET", "/v1/users")
            await office.steps_up(boss)
            proven = await office.ask("POST", "/v1/users", json={})

    then.refused(fresh, 422, "validation-failed")
    then.refused(late, 401, "step-up-required")
    assert late.headers["www-authenticate"] == (
        'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"'
    )
    assert read.status_code == 200
    then.refused(proven, 422, "validation-failed")


@pytest.mark.attack("S41")
async def test_without_a_second_factor_nobody_steps_up(identity: Running) -> None:
    """Given an applicant without one-time password, when a step-up is asked, then 401."""
    boss = await people.administrator(identity)
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as office, people.browser(identity) as home:
        await office.signs_in(boss)
        await office.steps_up(boss)
        seen = await office.ask("GET", f"/v1/users/{person.user_id}")
        version = {"If-Match": seen.headers["etag"]}
        off = await office.ask(
            "PUT", f"/v1/users/{person.user_id}/otp", json={"required": False}, headers=version
        )
        signed_in = await home.signs_in(person)
        proof = {"password": person.password, "otp": person.otp()}
        step_up = await home.ask("POST", "/v1/auth/step-up", json=proof)
        sensitive = await home.ask("POST", "/v1/me/otp")

    assert (off.json()["otp_required"], signed_in.json()["next"]) == (False, "done")
    then.refused(step_up, 401, "authentication-failed")
    then.refused(sensitive, 401, "step-up-required")
