"""Whoever is refused stands in the access history, whichever service has refused them."""

from uuid import uuid4

import pytest

from libs.common.database import PLATFORM
from libs.common.refusals import MANY_NOT_FOUND
from services.identity.actions.verifying import verify_chain
from tests.identity import given, people
from tests.kit import hearing, then
from tests.kit.running import Running

_NOBODY = "/v1/users/user_01m804gnfyejjb59e5dbx4yqmy"


def _refused_elsewhere() -> dict[str, object]:
    return {
        "door": "buyers:client_1",
        "principal": "client_1",
        "role": "client",
        "sid_hash": "ab" * 32,
        "acr": None,
        "source_address": "198.51.100.7",
        "user_agent": "ERP/9",
        "wanted": "GET /v1/buyers/{buyer_code}",
        "reason": "many-not-found",
        "request_id": uuid4().hex,
        "occurred_at": "2026-11-22T23:00:00Z",
    }


async def test_what_another_service_refused_is_entered_once(identity: Running) -> None:
    """Given a refusal told by another service, when it comes twice, then one entry tells it."""
    code = await given.policyholder(identity)
    told = _refused_elsewhere()

    fact = await hearing.told(identity, "security.access.refused.v1", "buyers:client_1", told, code)
    await hearing.told_again(identity, fact)

    [entry] = await given.history(identity, code)
    assert (entry.action, entry.outcome) == ("access", "FAILURE")
    assert (entry.target, entry.reason) == (told["wanted"], told["reason"])
    assert (entry.actor_type, entry.actor_id) == ("client", "client_1")
    assert (entry.source_address, entry.request_id) == ("198.51.100.7", told["request_id"])
    async with identity.databases.tenant(code) as tx:
        assert await verify_chain(tx) is None


@pytest.mark.attack("S34")
async def test_who_tries_many_ids_is_noticed(identity: Running, boss: people.Person) -> None:
    """Given nineteen things not found, when a twentieth is not, then the history tells it once."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        for _ in range(MANY_NOT_FOUND - 1):
            then.refused(await office.ask("GET", _NOBODY), 404, "not-found", "user-not-found")
        before = await given.history(identity, boss.tenant, action="access")
        await office.ask("GET", _NOBODY)
        await office.ask("GET", _NOBODY)

    [entry] = await given.history(identity, boss.tenant, action="access")
    assert before == []
    assert (entry.actor_id, entry.reason) == (boss.user_id, "many-not-found")


@pytest.mark.attack("S48")
async def test_who_comes_from_outside_is_noticed(identity: Running, boss: people.Person) -> None:
    """Given a restricted company, when its session moves elsewhere, then the history tells it."""
    async with people.browser(identity, "198.51.100.9") as home:
        await home.signs_in(boss)
        wish = {"enabled": True, "networks": ["198.51.100.0/24"]}
        await home.ask("PUT", "/v1/ip-restriction", json=wish, headers={"If-Match": '"1"'})
        await people.hear(identity)
        token = home.token
    async with people.browser(identity, "203.0.113.9") as abroad:
        abroad.token = token
        answer = await abroad.ask("GET", "/v1/me")

    then.refused(answer, 403, "ip-not-allowed")
    [entry] = await given.history(identity, boss.tenant, action="access")
    assert (entry.reason, entry.source_address) == ("ip-not-allowed", "203.0.113.9")


@pytest.mark.attack("S29")
async def test_a_program_that_proves_nothing_is_noticed(identity: Running) -> None:
    """Given a program, when a stranger signs in its name, then its company's history tells it."""
    program = await given.machine(identity)
    stranger = given.Machine(program.client_id)

    answer = await given.asked(identity, stranger.assertion())

    tenant = program.policyholder_code or ""
    [entry] = await given.history(identity, tenant, action="token.issue")
    assert answer.status_code == 401
    assert (entry.actor_id, entry.outcome) == (program.client_id, "FAILURE")
    assert entry.reason == "invalid_client"


async def test_a_program_nobody_knows_leaves_no_name(identity: Running) -> None:
    """Given a name that is no program's, when it asks for a token, then only a hash is kept."""
    name = f"client_{uuid4().hex}"

    await given.asked(identity, given.Machine(name).assertion())

    *_, entry = await given.history(identity, PLATFORM, action="token.issue", outcome="FAILURE")
    assert entry.actor_type == "unknown"
    assert name not in entry.actor_id
    assert people.kek_of(identity).mac("client-id", name).hex() == entry.actor_id


async def test_a_token_beyond_the_registration_was_not_issued(identity: Running) -> None:
    """Given a program, when it asks for more than it has, then no issue stands in the history."""
    program = await given.machine(identity)

    answer = await given.asked(identity, program.assertion(), scope="users:read")

    told = await given.history(identity, program.policyholder_code or "", action="token.issue")
    assert answer.json() == {"error": "invalid_scope"}
    assert [(it.outcome, it.reason) for it in told] == [("FAILURE", "invalid_scope")]
