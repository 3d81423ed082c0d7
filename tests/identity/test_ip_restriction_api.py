"""A company says from where it may come, and everybody elsewhere is outside at once."""

from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from libs.common.liveness import Revocations, revocations_over_http
from tests.identity import given, people
from tests.kit import then
from tests.kit.running import Running

HOME, ABROAD = "203.0.113.7", "192.0.2.9"
OFFICE = {"enabled": True, "networks": ["203.0.113.0/24"]}


async def _set(
    office: people.Browser, boss: people.Person, wish: dict[str, Any], **headers: str
) -> httpx.Response:
    """Set the restriction from the version there is, with a fresh proof."""
    seen = await office.ask("GET", "/v1/ip-restriction")
    await office.steps_up(boss)
    version = {"If-Match": seen.headers["etag"]} | headers
    return await office.ask("PUT", "/v1/ip-restriction", json=wish, headers=version)


async def _restricted(identity: Running, boss: people.Person) -> None:
    """The company may come from its office only, and every service has heard it."""
    async with people.browser(identity, HOME) as office:
        await office.signs_in(boss)
        answer = await _set(office, boss, OFFICE)
        assert answer.status_code == 200, answer.text
    await people.hear(identity)


async def test_a_restriction_is_off_until_it_is_set(identity: Running, boss: people.Person) -> None:
    """Given a new company, when read, set and read again, then it is as it was set."""
    async with people.browser(identity, HOME) as office:
        await office.signs_in(boss)
        before = await office.ask("GET", "/v1/ip-restriction")
        twice = OFFICE | {"networks": ["203.0.113.0/24", "2001:db8::/32", "203.0.113.0/24"]}
        answer = await _set(office, boss, twice)
        stale = {"If-Match": '"1"'}
        late = await office.ask("PUT", "/v1/ip-restriction", json=OFFICE, headers=stale)

    assert (before.json()["enabled"], before.json()["networks"]) == (False, [])
    assert answer.json()["networks"] == ["203.0.113.0/24", "2001:db8::/32"]
    then.refused(late, 412, "precondition-failed")
    notices = [it.letter.text for it in await people.letters(identity, boss.mail)]
    assert any("restriction of your company" in it for it in notices)


@pytest.mark.attack("S46")
@pytest.mark.parametrize("networks", [[], ["198.51.0.0/16"], ["2001:db8::/32"]])
async def test_nobody_shuts_oneself_out(
    identity: Running, boss: people.Person, networks: list[str]
) -> None:
    """Given a list without one's own address, when it is to count, then 422 and nothing changes."""
    async with people.browser(identity, HOME) as office:
        await office.signs_in(boss)
        answer = await _set(office, boss, {"enabled": True, "networks": networks})
        after = await office.ask("GET", "/v1/ip-restriction")
        kept = await _set(office, boss, {"enabled": False, "networks": networks})

    then.refused(answer, 422, "ip-allowlist-lockout")
    assert (after.json()["enabled"], after.json()["version"]) == (False, 1)
    assert kept.status_code == 200


@pytest.mark.attack("S47")
@pytest.mark.parametrize(
    "network",
    [
        "0.0.0.0/0",
        "203.0.113.7/24",
        "10.0.0.0/8",
        "fe80::1%eth0",
        "203.0.113.0/255.255.255.0",
        "203.0.0.0/15",
        "2001:d00::/31",
        "::ffff:203.0.113.0/120",
    ],
)
async def test_a_range_that_is_none_is_refused(
    identity: Running, boss: people.Person, network: str
) -> None:
    """Given a range too wide, private or not canonical, when set or checked, then 422."""
    wish = {"enabled": True, "networks": ["203.0.113.0/24", network]}
    async with people.browser(identity, HOME) as office:
        await office.signs_in(boss)
        answers = [
            await _set(office, boss, wish),
            await office.ask("POST", "/v1/ip-restriction/check", json=wish),
        ]

    for answer in answers:
        body = then.refused(answer, 422, "validation-failed", "source-address-refused")
        assert [it["pointer"] for it in body["errors"]] == ["#/networks/1"]


async def test_a_check_tells_whom_it_would_shut_out(identity: Running, boss: people.Person) -> None:
    """Given somebody abroad, when a restriction is checked, then they are named and still in."""
    other = await people.second_administrator(identity, boss)
    async with (
        people.browser(identity, HOME) as office,
        people.browser(identity, ABROAD) as abroad,
    ):
        await office.signs_in(boss)
        await abroad.signs_in(other)
        outlook = await office.ask("POST", "/v1/ip-restriction/check", json=OFFICE)
        theirs = await abroad.ask("POST", "/v1/ip-restriction/check", json=OFFICE)
        still = await abroad.ask("GET", "/v1/me")

    assert outlook.json()["shuts_out_caller"] is False
    assert ABROAD in {it["source_address"] for it in outlook.json()["sessions"]}
    assert theirs.json()["shuts_out_caller"] is True
    assert still.status_code == 200


@pytest.mark.attack("S46")
@pytest.mark.attack("S48")
async def test_who_is_outside_when_it_is_set_is_out(identity: Running, boss: people.Person) -> None:
    """Given a session abroad, when the restriction is set, then the session has ended."""
    other = await people.second_administrator(identity, boss)
    async with people.browser(identity, ABROAD) as abroad:
        await abroad.signs_in(other)
        await _restricted(identity, boss)
        access, refresh = await abroad.ask("GET", "/v1/me"), await abroad.post("refresh")

    then.refused(access, 401, "invalid-token")
    then.refused(refresh, 401, "refresh-rejected")


@pytest.mark.attack("S48")
async def test_a_session_that_moves_outside_ends(identity: Running, boss: people.Person) -> None:
    """Given a session at the office, when it is used abroad, then 403; renewed there, it ends."""
    await _restricted(identity, boss)
    async with (
        people.browser(identity, HOME) as office,
        people.browser(identity, ABROAD) as abroad,
    ):
        await office.signs_in(boss)
        abroad.token = office.token
        moved = await abroad.ask("GET", "/v1/me")
        back = await office.ask("GET", "/v1/me")
        cookie = {"Cookie": f"__Host-rt={office.client.cookies['__Host-rt']}"}
        renewed = await abroad.client.post("/v1/auth/refresh", headers=cookie)
        await people.hear(identity)
        ended = await office.ask("GET", "/v1/me")

    then.refused(moved, 403, "ip-not-allowed")
    assert back.status_code == 200
    then.refused(renewed, 401, "refresh-rejected")
    then.refused(ended, 401, "invalid-token")


@pytest.mark.attack("S45")
async def test_signing_in_abroad_looks_like_a_wrong_password(
    identity: Running, boss: people.Person
) -> None:
    """Given a restricted company, when its administrator signs in abroad, then 401 and a notice."""
    await _restricted(identity, boss)
    async with people.browser(identity, ABROAD) as abroad:
        right = await abroad.post("login", login_id=boss.login_id, password=boss.password)
        wrong = await abroad.post("login", login_id=boss.login_id, password="wrong")

    then.refused(right, 401, "authentication-failed")
    assert right.json() | {"request_id": ""} == wrong.json() | {"request_id": ""}
    newest = (await people.letters(identity, boss.mail))[-1]
    assert "not allowed" in newest.letter.text


@pytest.mark.attack("S45")
@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-For": HOME},
        {"X-Forwarded-For": f"{HOME}, {ABROAD}"},
        {"X-Real-IP": HOME},
        {"Forwarded": f"for={HOME}"},
        {"True-Client-IP": HOME},
    ],
)
async def test_no_header_moves_a_caller(
    identity: Running, boss: people.Person, forged: dict[str, str]
) -> None:
    """Given a caller abroad, when headers say otherwise, then 403 still."""
    await _restricted(identity, boss)
    async with (
        people.browser(identity, HOME) as office,
        people.browser(identity, ABROAD) as abroad,
    ):
        await office.signs_in(boss)
        abroad.token = office.token

        answer = await abroad.ask("GET", "/v1/me", headers=forged)

    then.refused(answer, 403, "ip-not-allowed")


@pytest.mark.attack("S45")
@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        (HOME, 200),
        (f"{HOME}:4711", 200),
        (f"{ABROAD}, {HOME}", 200),
        (f"{HOME}, {ABROAD}", 403),
        (f"{HOME}, nonsense", 403),
        ("", 403),
    ],
)
async def test_behind_our_proxy_the_right_most_address_counts(
    identity: Running, boss: people.Person, forwarded: str, status: int
) -> None:
    """Given our own proxy, when it forwards, then what it wrote counts, not what it was sent."""
    await _restricted(identity, boss)
    async with (
        people.browser(identity, HOME) as office,
        people.browser(identity, "127.0.0.1") as proxy,
    ):
        await office.signs_in(boss)
        proxy.token = office.token

        answer = await proxy.ask("GET", "/v1/me", headers={"X-Forwarded-For": forwarded})

    assert answer.status_code == status


@pytest.mark.attack("S45")
async def test_programs_are_restricted_like_people(identity: Running, boss: people.Person) -> None:
    """Given a restriction, when programs ask abroad, then their own list wins, else no token."""
    plain = await given.machine(identity, "policyholder:read", policyholder_code=boss.tenant)
    own = await given.machine(
        identity,
        "policyholder:read",
        policyholder_code=boss.tenant,
        source_addresses=["192.0.2.0/24"],
    )
    await _restricted(identity, boss)
    async with (
        people.browser(identity, HOME) as office,
        people.browser(identity, ABROAD) as abroad,
    ):
        answers = {
            (who, where.address): await where.client.post(
                "/v1/oauth2/token", data=given.form(machine.assertion())
            )
            for who, machine in (("plain", plain), ("own", own))
            for where in (office, abroad)
        }
        abroad.token = answers["own", ABROAD].json()["access_token"]
        office.token = abroad.token
        inside = await abroad.ask("GET", "/v1/policyholder")
        outside = await office.ask("GET", "/v1/policyholder")

    statuses = {place: it.status_code for place, it in answers.items()}
    assert statuses == {
        ("plain", HOME): 200,
        ("plain", ABROAD): 401,
        ("own", HOME): 401,
        ("own", ABROAD): 200,
    }
    assert inside.status_code == 200
    then.refused(outside, 403, "ip-not-allowed")


async def test_every_service_hears_it(identity: Running, boss: people.Person) -> None:
    """Given a service that listens, when a restriction comes and goes, then it knows each time."""
    abroad, home = ip_address(ABROAD), ip_address(HOME)
    heard = Revocations(revocations_over_http(identity.client, "http://127.0.0.1"))
    await heard.hear()
    before = heard.admit(boss.tenant, abroad)
    await _restricted(identity, boss)
    await heard.hear()
    during = [heard.admit(boss.tenant, it) for it in (abroad, home, None)]
    newcomer = Revocations(revocations_over_http(identity.client, "http://127.0.0.1"))
    await newcomer.hear()
    async with people.browser(identity, HOME) as office:
        await office.signs_in(boss)
        await _set(office, boss, OFFICE | {"enabled": False})
    await heard.hear()

    assert (before, during) == (True, [False, True, False])
    assert not newcomer.admit(boss.tenant, abroad)
    assert heard.admit(boss.tenant, abroad)
