"""The access history tells who did what, and shows when somebody has changed it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.common.topics import create_topics
from services.identity import jobs
from services.identity.actions.desk import Origin
from services.identity.actions.history import Actor, Deed, record
from services.identity.actions.history_chain import Flaw
from services.identity.actions.verifying import HistoryBroken, verify_all, verify_chain
from tests.identity import given, people
from tests.kit import then
from tests.kit.running import Running

_FORGED = """
INSERT INTO access_history SELECT tenant, 3, event_id, occurred_at, actor_type, actor_id,
    actor_role, sid_hash, source_address, user_agent, action, target, outcome, reason, request_id,
    acr, amr, changed, entry_hash, entry_hash
FROM access_history WHERE seq = 2 AND tenant = :tenant
"""


async def _flaw(identity: Running, tenant: str) -> Flaw | None:
    async with identity.databases.tenant(tenant) as tx:
        return await verify_chain(tx)


async def test_what_people_do_is_written_down(identity: Running, boss: people.Person) -> None:
    """Given a sign-in, a wrong try and an act, when the history is read, then all three stand."""
    async with people.browser(identity) as office:
        await office.post("login", login_id=boss.login_id, password="wrong")
        await office.signs_in(boss)
        wish = {"name": "舫 次郎", "mail": "jiro@example.com"}
        await office.ask("POST", "/v1/users", json=wish)
        listed = await office.ask("GET", "/v1/access-history", params={"limit": 100})
        failed = await office.ask(
            "GET", "/v1/access-history", params={"action": "login.password", "limit": 100}
        )

    items: list[dict[str, Any]] = listed.json()["items"]
    told = [(it["action"], it["outcome"], it["reason"]) for it in items]
    assert [it["seq"] for it in items] == list(range(1, len(items) + 1))
    assert ("login.password", "FAILURE", "wrong-password") in told
    assert told[-1] == ("user.create", "SUCCESS", None)
    assert {it["action"] for it in failed.json()["items"]} == {"login.password"}
    assert people.PASSWORD not in listed.text
    assert boss.otp_secret not in listed.text


async def test_an_untouched_history_has_no_flaw(identity: Running, boss: people.Person) -> None:
    """Given a history and one that never began, when verified, then neither has a flaw."""
    assert await _flaw(identity, boss.tenant) is None
    assert await _flaw(identity, "999999996") is None


@pytest.mark.attack("S58")
@pytest.mark.parametrize(
    ("statements", "seq", "what"),
    [
        (["UPDATE access_history SET reason = 'x' WHERE seq = 2 AND tenant = :tenant"], 2, "cha"),
        (
            ["UPDATE access_history SET occurred_at = now() WHERE seq = 1 AND tenant = :tenant"],
            1,
            "",
        ),
        (["DELETE FROM access_history WHERE seq = 2 AND tenant = :tenant"], 2, "missing"),
        (["DELETE FROM access_history WHERE seq = 1 AND tenant = :tenant"], 1, "missing"),
        (
            [
                "UPDATE access_history SET seq = 90 WHERE seq = 2 AND tenant = :tenant",
                "UPDATE access_history SET seq = 2 WHERE seq = 3 AND tenant = :tenant",
                "UPDATE access_history SET seq = 3 WHERE seq = 90 AND tenant = :tenant",
            ],
            2,
            "out of",
        ),
        (
            [
                "UPDATE access_history SET seq = seq + 1000 WHERE seq > 2 AND tenant = :tenant",
                "UPDATE access_history SET seq = seq - 999 WHERE seq > 1000 AND tenant = :tenant",
                _FORGED,
            ],
            3,
            "changed",
        ),
        (["DELETE FROM access_history WHERE tenant = :tenant"], 1, "cut off"),
        (["DELETE FROM history_heads WHERE tenant = :tenant"], None, "cut off"),
    ],
)
async def test_history_rewritten_in_the_database_shows(
    identity: Running, boss: people.Person, statements: list[str], seq: int | None, what: str
) -> None:
    """Given a history changed past the service, when verified, then its first bad seq is named."""
    await given.as_owner(identity, *statements, tenant=boss.tenant)

    flaw = await _flaw(identity, boss.tenant)

    assert flaw is not None
    assert flaw.what.startswith(what)
    assert seq in (None, flaw.seq)


@pytest.mark.attack("S58")
async def test_a_history_that_is_gone_is_missed(identity: Running, boss: people.Person) -> None:
    """Given a history deleted with its head and checkpoints, when all are verified, then missed."""
    gone = ("access_history", "history_heads", "history_checkpoints")
    statements = (f"DELETE FROM {name} WHERE tenant = :tenant" for name in gone)  # noqa: S608
    await given.as_owner(identity, *statements, tenant=boss.tenant)

    assert Flaw(boss.tenant, 1, "missing") in await verify_all(identity.databases, {})


@pytest.mark.attack("S58")
async def test_the_operators_command_fails_on_a_flaw(
    identity: Running, boss: people.Person, kafka_bootstrap: str
) -> None:
    """Given a changed history, when the operator verifies all, then the command fails."""
    change = "UPDATE access_history SET actor_id = 'nobody' WHERE seq = 1 AND tenant = :tenant"
    await given.as_owner(identity, change, tenant=boss.tenant)

    await create_topics(kafka_bootstrap)
    settings = given.settings(identity).model_copy(update={"kafka_bootstrap": kafka_bootstrap})
    with pytest.raises(HistoryBroken):
        await jobs.verify_histories(settings)


@pytest.mark.attack("S58")
@pytest.mark.parametrize(
    "statement", ["UPDATE access_history SET reason = 'x'", "DELETE FROM access_history"]
)
async def test_the_service_itself_cannot_rewrite(
    identity: Running, boss: people.Person, statement: str
) -> None:
    """Given the service's own role, when it changes an entry, then the database refuses."""
    async with identity.databases.tenant(boss.tenant) as tx:
        with pytest.raises(DBAPIError, match="permission denied"):
            await tx.execute(text(statement))
        await tx.rollback()


@pytest.mark.attack("S59")
async def test_what_is_not_recorded_is_not_done(identity: Running, boss: people.Person) -> None:
    """Given a history that takes no entry, when a user is registered, then 503 and no user."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        before = await office.ask("GET", "/v1/users")
        await given.as_owner(identity, "REVOKE INSERT ON access_history FROM identity_app")
        wish = {"name": "舫 次郎", "mail": "never@example.com"}
        refused = await office.ask("POST", "/v1/users", json=wish)
        await given.as_owner(identity, "GRANT INSERT ON access_history TO identity_app")
        after = await office.ask("GET", "/v1/users")

    then.refused(refused, 503, "dependency-unavailable")
    assert after.json() == before.json()
    assert await people.letters(identity, "never@example.com") == []


async def test_entries_made_at_once_stand_in_one_chain(
    identity: Running, boss: people.Person
) -> None:
    """Given ten wrong passwords at once, when verified, then every entry has its place."""
    async with people.browser(identity) as guesser:
        tries = [guesser.post("login", login_id=boss.login_id, password="wrong") for _ in range(10)]
        await asyncio.gather(*tries)

    assert await _flaw(identity, boss.tenant) is None


@pytest.mark.parametrize("agent", ['","seq":1,"', '\\"seq":0,', "舫 🚢 \u2028", "\\u0000"])
async def test_whatever_a_browser_calls_itself_the_chain_holds(
    identity: Running, boss: people.Person, agent: str
) -> None:
    """Given a name that looks like JSON, when it is entered, then the chain has no flaw."""
    origin = Origin(None, agent)

    async with identity.databases.tenant(boss.tenant) as tx:
        await record(tx, Actor("user", boss.user_id), origin, Deed("login", changed={"seq": "1"}))

    assert await _flaw(identity, boss.tenant) is None
    *_, last = await given.history(identity, boss.tenant)
    assert last.user_agent == agent
