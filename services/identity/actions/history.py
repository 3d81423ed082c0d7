"""The access history (アクセス履歴): every entry bound by hash to the one before it.

An entry is written in the transaction of what it tells, so that neither is there without the
other. It is written last: its lock is held the shortest, and taken after all others.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import context
from libs.common.driver import Statement
from libs.common.permissions import BATCH, CLIENT, OPERATOR
from libs.common.problem_codes import DependencyUnavailable
from libs.common.tokens import Caller
from libs.common.wire import new_uuid, utc_text

from .. import tables
from ..domain.history import MOST_UNSIGNED, UNSIGNED_FOR
from .desk import Origin
from .history_chain import VERSION, around_seq, genesis

_LONGEST_USER_AGENT = 256
_CHAIN = ("prev_hash", "entry_hash")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# One statement: the end of the chain is locked, and the entry bound to it by the database itself.
# Two who add at once never follow the same entry, and nobody waits for our answer in between.
_APPEND = Statement("""
WITH head AS (
    INSERT INTO history_heads AS head (tenant, seq, prev_hash, entry_hash)
    VALUES (:tenant, 1, :genesis, sha256(CAST(:version AS bytea) || CAST(:genesis AS bytea)
            || convert_to(CAST(:before AS text) || '1' || CAST(:after AS text), 'UTF8')))
    ON CONFLICT (tenant) DO UPDATE SET seq = head.seq + 1, prev_hash = head.entry_hash,
        entry_hash = sha256(CAST(:version AS bytea) || head.entry_hash
            || convert_to(CAST(:before AS text) || (head.seq + 1) || CAST(:after AS text), 'UTF8'))
    RETURNING seq, prev_hash, entry_hash, signed_seq
)
INSERT INTO access_history (tenant, seq, event_id, occurred_at, actor_type, actor_id, actor_role,
                            sid_hash, source_address, user_agent, action, target, outcome, reason,
                            request_id, acr, amr, changed, prev_hash, entry_hash)
SELECT :tenant, head.seq, :event_id, :occurred_at, :actor_type, :actor_id, :actor_role,
       :sid_hash, :source_address, :user_agent, :action, :target, :outcome, :reason,
       :request_id, :acr, :amr, :changed, head.prev_hash, head.entry_hash
FROM head
RETURNING seq - (SELECT signed_seq FROM head) AS unsigned
""")
_ASK_FOR_CHECKPOINT = Statement("""
INSERT INTO checkpoint_tasks AS waiting (chain, due_at) VALUES (:chain, :due_at)
ON CONFLICT (chain) DO UPDATE SET due_at = LEAST(waiting.due_at, EXCLUDED.due_at)
""")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, or claims to: a user, a program, staff, or somebody unknown."""

    type: str
    id: str
    role: str | None = None
    sid_hash: str | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done or tried, and how it went; `changed` holds hashes, never values.

    `at` is when it happened, if not now.
    """

    action: str
    outcome: str = "SUCCESS"
    target: str | None = None
    reason: str | None = None
    changed: dict[str, str] = field(default_factory=dict)
    at: datetime | None = None


_TYPES = {OPERATOR: "staff", CLIENT: "client", BATCH: "batch"}


def by(caller: Caller) -> Actor:
    """Name a caller as the one who acts."""
    return Actor(
        kind_of(caller.role), caller.subject, caller.role.upper(), hash_of(caller.sid), caller.acr
    )


def kind_of(role: str) -> str:
    """Say what kind of actor somebody in a role is."""
    return _TYPES.get(role, "user")


def hash_of(sid: str) -> str:
    """Hash the id of a session: the history tells which are the same, and opens none."""
    return sha256(sid.encode()).hexdigest()


async def record(tx: AsyncSession, actor: Actor, origin: Origin, deed: Deed) -> None:
    """Add an entry to the history of the transaction's tenant.

    Raises: DependencyUnavailable; what is not recorded is not done.
    """
    entry = _entry(tx.info["tenant"], actor, origin, deed)
    # Outside: what is wrong with the act is not a fault of the history.
    await tx.flush()
    try:
        await _append(tx, entry)
    except DBAPIError as why:
        raise DependencyUnavailable(retry_after=1) from why


def fields_of(row: tables.HistoryEntry) -> dict[str, Any]:
    """Give the members of an entry that its hash covers."""
    names = [it.name for it in tables.HistoryEntry.__table__.columns]
    return _hashed({name: getattr(row, name) for name in names if name not in _CHAIN})


def _hashed(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"occurred_at": utc_text(entry["occurred_at"])}


async def _append(tx: AsyncSession, entry: dict[str, Any]) -> None:
    tenant = entry["tenant"]
    before, after = around_seq(_hashed(entry))
    chain = {"version": VERSION, "genesis": genesis(tenant), "before": before, "after": after}
    [added] = await _APPEND.rows(tx, **entry | chain | {"changed": json.dumps(entry["changed"])})
    waits = {1: UNSIGNED_FOR, MOST_UNSIGNED: timedelta()}.get(added.unsigned)
    if waits is not None:
        await _ASK_FOR_CHECKPOINT.rows(tx, chain=tenant, due_at=entry["occurred_at"] + waits)


def _entry(tenant: str, actor: Actor, origin: Origin, deed: Deed) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "event_id": str(new_uuid()),
        # Whole microseconds: what is hashed must come back from the database the same.
        "occurred_at": deed.at or datetime.now(UTC),
        "actor_type": actor.type,
        "actor_id": actor.id,
        "actor_role": actor.role,
        "sid_hash": actor.sid_hash,
        "source_address": str(origin.address) if origin.address else None,
        "user_agent": _CONTROLS.sub("", origin.user_agent)[:_LONGEST_USER_AGENT],
        "action": deed.action,
        "target": deed.target,
        "outcome": deed.outcome,
        "reason": deed.reason,
        "request_id": context.request_id.get(),
        "acr": actor.acr,
        "amr": " ".join(actor.amr) or None,
        "changed": deed.changed,
    }
