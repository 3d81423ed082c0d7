"""Access histories are signed as they grow, and what was signed cannot be taken back."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from aiokafka import AIOKafkaProducer
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from libs.common import clock, jose
from libs.common.events import topic_of
from libs.common.jobs import run_due
from libs.common.problem_codes import DependencyUnavailable
from libs.common.topics import create_topics
from services.identity import queries, tables
from services.identity.actions import checkpoints
from services.identity.actions.desk import Desk, Origin
from services.identity.actions.history import Actor, Deed, record
from services.identity.actions.history_chain import Flaw
from services.identity.actions.signing_keys import signer_of
from services.identity.actions.verifying import verify_chain
from services.identity.app import service
from services.identity.domain.history import MOST_UNSIGNED, UNSIGNED_FOR
from tests.identity import given, people
from tests.kit import then
from tests.kit.running import Running

_ACTOR = Actor("client", "client_1")
_LONG = timedelta(hours=1)


def _desk(identity: Running) -> Desk:
    return Desk(identity.databases, identity.settings.issuer, people.kek_of(identity))


async def _chain(identity: Running, entries: int) -> str:
    """A policyholder with a history of so many entries, none of them signed."""
    code = await given.policyholder(identity)
    async with identity.databases.tenant(code) as tx:
        for _ in range(entries):
            await record(tx, _ACTOR, Origin(None), Deed("token.issue"))
    return code


async def _sizes(identity: Running, code: str) -> list[int]:
    """Until where the history of a policyholder was signed, each time."""
    async with identity.databases.tenant(code) as tx:
        row = tables.HistoryCheckpoint
        return list(await tx.scalars(select(row.size).order_by(row.size)))


async def _due_at(identity: Running, code: str) -> datetime | None:
    async with identity.databases.tenant(code) as tx:
        task = await tx.get(tables.CheckpointTask, code)
        return None if task is None else task.due_at


async def _signed(identity: Running) -> None:
    """Let an hour go by, in which identity's jobs run."""
    now = people.real_now()
    for instant in (now, now + _LONG):
        with time_machine.travel(instant, tick=False):
            await run_due(identity.databases, identity.settings, service.jobs, clock.now())


async def _put_on_topic(bootstrap: str, facts: list[tuple[str, Any]]) -> None:
    """Put facts on their topics, as the relay does."""
    await create_topics(bootstrap)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for kind, fact in facts:
            await producer.send_and_wait(topic_of(kind), json.dumps(fact).encode())


def _said(fact: dict[str, Any], key: dict[str, str]) -> Mapping[str, Any]:
    """What a checkpoint says, once it is clear that this key has signed it."""
    token = jose.read(fact["signature"])
    assert token.is_signed_by(jwt.PyJWK(key).key, "ES256")
    return token.payload


async def test_a_history_is_signed_when_its_first_entry_has_waited(identity: Running) -> None:
    """Given three new entries, when ten minutes are over, then one checkpoint covers them."""
    code = await _chain(identity, 3)
    due = await _due_at(identity, code)
    assert due is not None

    await checkpoints.sign_due(_desk(identity), due - timedelta(seconds=1))
    before = await _sizes(identity, code)
    await checkpoints.sign_due(_desk(identity), due)

    assert (before, await _sizes(identity, code)) == ([], [3])
    assert abs(due - people.real_now() - UNSIGNED_FOR) < timedelta(minutes=5)
    assert await _due_at(identity, code) is None


async def test_a_thousand_entries_do_not_wait(identity: Running) -> None:
    """Given a thousand entries in a moment, when one looks, then a checkpoint is due."""
    code = await _chain(identity, MOST_UNSIGNED - 1)
    waiting = await _due_at(identity, code)
    async with identity.databases.tenant(code) as tx:
        await record(tx, _ACTOR, Origin(None), Deed("token.issue"))

    now = people.real_now()
    due = await _due_at(identity, code)

    assert waiting is not None
    assert due is not None
    assert due <= now < waiting


async def test_a_checkpoint_is_told_to_whoever_keeps_it(identity: Running) -> None:
    """Given a history that is signed, when facts are read, then one tells how far and what."""
    code = await _chain(identity, 2)

    await _signed(identity)

    [(kind, fact)] = await then.told(identity, code, tenant=code)
    keys = (await identity.client.get("/.well-known/audit-jwks.json")).json()["keys"]
    assert (kind, fact["size"]) == ("identity.checkpoint.signed.v1", 2)
    [key] = [it for it in keys if it["kid"] == fact["kid"]]
    signed = _said(fact, key)
    assert (signed["tenant"], signed["size"], signed["head"]) == (code, 2, fact["head_hash"])
    assert "d" not in key


async def test_two_who_sign_at_once_sign_once(identity: Running) -> None:
    """Given a due history, when two workers sign it, then there is one checkpoint."""
    code = await _chain(identity, 2)

    later = people.real_now() + _LONG
    await asyncio.gather(*(checkpoints.sign_due(_desk(identity), later) for _ in range(2)))

    assert await _sizes(identity, code) == [2]
    assert len(await then.told(identity, code, tenant=code)) == 1


@pytest.mark.attack("S58")
async def test_a_history_written_anew_from_its_beginning_shows(identity: Running) -> None:
    """Given a signed history, when all of it is replaced by another chain, then it shows."""
    code = await _chain(identity, 3)
    await _signed(identity)
    other = await _chain(identity, 2)
    async with identity.databases.tenant(code) as tx:
        clean = await verify_chain(tx)

    await given.as_owner(
        identity,
        "DELETE FROM access_history WHERE tenant = :tenant",
        "DELETE FROM history_heads WHERE tenant = :tenant",
        tenant=code,
    )
    async with identity.databases.tenant(code) as tx:
        await record(tx, _ACTOR, Origin(None), Deed("nothing.happened"))
    async with identity.databases.tenant(code) as tx:
        flaw = await verify_chain(tx)

    assert clean is None
    assert flaw is not None
    assert (flaw.tenant, flaw.what) == (code, "cut off")
    assert await _sizes(identity, other) == []


@pytest.mark.attack("S58")
async def test_what_was_told_shows_that_an_end_was_cut_off(
    identity: Running, kafka_bootstrap: str
) -> None:
    """Given a checkpoint on its topic, when all is put back to before it, then that shows."""
    code = await _chain(identity, 1)
    await _signed(identity)
    async with identity.databases.tenant(code) as tx:
        await record(tx, _ACTOR, Origin(None), Deed("token.issue"))
    await _signed(identity)
    await _put_on_topic(kafka_bootstrap, await then.told(identity, code, tenant=code))

    await given.as_owner(
        identity,
        "DELETE FROM access_history WHERE tenant = :tenant AND seq > 1",
        "DELETE FROM history_checkpoints WHERE tenant = :tenant AND size > 1",
        "DELETE FROM history_heads WHERE tenant = :tenant",
        """
        INSERT INTO history_heads (tenant, seq, prev_hash, entry_hash, signed_seq)
        SELECT tenant, seq, prev_hash, entry_hash, seq FROM access_history WHERE tenant = :tenant
        """,
        tenant=code,
    )

    told = await checkpoints.told(kafka_bootstrap)
    async with identity.databases.tenant(code) as tx:
        assert await verify_chain(tx) is None
        assert await verify_chain(tx, told[code]) == Flaw(code, 2, "cut off")


async def test_no_role_of_the_service_changes_what_was_signed(identity: Running) -> None:
    """Given a checkpoint, when the service's own role removes it, then the database refuses."""
    code = await _chain(identity, 1)
    await _signed(identity)

    async with identity.databases.tenant(code) as tx:
        with pytest.raises(DBAPIError, match="permission denied"):
            await tx.execute(delete(tables.HistoryCheckpoint))
        await tx.rollback()


async def test_the_next_key_is_known_before_it_signs(identity: Running) -> None:
    """Given today's key, when its last day begins, then another is published, not yet signing."""
    async with identity.databases.platform() as tx:
        before = set(await tx.scalars(select(tables.AuditKey.kid)))
        await checkpoints.renew_key(tx, people.kek_of(identity), people.real_now())
        same = set(await tx.scalars(select(tables.AuditKey.kid)))
        later = people.real_now() + timedelta(days=364)
        await checkpoints.renew_key(tx, people.kek_of(identity), later)
        after = set(await tx.scalars(select(tables.AuditKey.kid)))
        signs = [
            (await signer_of(tx, tables.AuditKey, people.kek_of(identity), at)).kid
            for at in (later, later + timedelta(days=1))
        ]
        await tx.rollback()

    [new] = after - before
    assert before == same
    assert signs[0] in before
    assert signs[1] == new


async def test_a_spent_key_signs_nothing_more_and_still_verifies(identity: Running) -> None:
    """Given a signed history, when its key's year is over, then only the public half is left."""
    code = await _chain(identity, 2)
    await _signed(identity)
    [(_, fact)] = await then.told(identity, code, tenant=code)
    kek, now = people.kek_of(identity), people.real_now()

    async with identity.databases.platform() as tx:
        for days in (364, 366):
            await checkpoints.renew_key(tx, kek, now + timedelta(days=days))
        keys = {key["kid"]: key for key in await queries.audit_public_keys(tx)}
        spent = await tx.get_one(tables.AuditKey, fact["kid"])
        left = (spent.sealed_private_key, spent.encryption_key_id)
        with pytest.raises(DependencyUnavailable):
            await signer_of(tx, tables.AuditKey, kek, now)
        await tx.rollback()

    assert left == (None, None)
    assert _said(fact, keys[fact["kid"]])["size"] == 2
