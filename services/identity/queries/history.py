"""Reads of the access history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM

from .. import tables
from ..errors import HistoryExportNotFound


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which entries are wanted; None leaves it open."""

    occurred_from: datetime | None
    occurred_to: datetime | None
    actor_id: str | None
    action: str | None


def history(wanted: HistoryFilter) -> Select[tables.HistoryEntry]:
    """The tenant's entries that a filter lets through."""
    row = tables.HistoryEntry
    found = select(tables.HistoryEntry)
    if wanted.occurred_from is not None:
        found = found.where(row.occurred_at >= wanted.occurred_from)
    if wanted.occurred_to is not None:
        found = found.where(row.occurred_at <= wanted.occurred_to)
    if wanted.actor_id is not None:
        found = found.where(row.actor_id == wanted.actor_id)
    if wanted.action is not None:
        found = found.where(row.action == wanted.action)
    return found


async def history_head(tx: AsyncSession, *, locked: bool = False) -> tables.HistoryHead | None:
    """Find where the chain of the transaction's tenant ends."""
    return await tx.get(tables.HistoryHead, tx.info["tenant"], with_for_update=locked)


async def history_span(
    tx: AsyncSession, occurred_from: datetime, occurred_to: datetime
) -> tuple[int, int] | None:
    """Find the first and the last entry of a time; what stands between them belongs to it."""
    row = tables.HistoryEntry
    inside = row.occurred_at.between(occurred_from, occurred_to)
    ends = select(func.min(row.seq), func.max(row.seq)).where(inside).having(func.count() > 0)
    found = (await tx.execute(ends)).one_or_none()
    return None if found is None else (found[0], found[1])


def history_between(first_seq: int, last_seq: int) -> Select[tables.HistoryEntry]:
    """A part of the tenant's chain, in order."""
    row = tables.HistoryEntry
    return select(row).where(row.seq.between(first_seq, last_seq)).order_by(row.seq)


async def history_checkpoints(
    tx: AsyncSession, first_seq: int, last_seq: int
) -> Sequence[tables.HistoryCheckpoint]:
    """The checkpoints of a part of the tenant's chain, in order."""
    row = tables.HistoryCheckpoint
    inside = select(row).where(row.size.between(first_seq, last_seq))
    return (await tx.scalars(inside.order_by(row.size))).all()


async def chains_due(tx: AsyncSession, now: datetime) -> list[str]:
    """The chains whose checkpoint is due, those that waited longest first."""
    row = tables.CheckpointTask
    due = select(row.chain).where(row.due_at <= now).order_by(row.due_at)
    return list(await tx.scalars(due))


async def audit_public_keys(tx: AsyncSession) -> list[dict[str, str]]:
    """The public halves of all keys that have ever signed checkpoints."""
    newest_first = tables.AuditKey.signs_from.desc()
    return list(await tx.scalars(select(tables.AuditKey.public_jwk).order_by(newest_first)))


async def policyholders_with_access(tx: AsyncSession) -> list[str]:
    """Whoever has a user or a program, and so a history; in a transaction of the platform."""
    of_users = select(tables.LoginDirectoryEntry.policyholder_code)
    of_clients = select(tables.ClientDirectoryEntry.tenant)
    both = of_users.where(tables.LoginDirectoryEntry.tenant == PLATFORM).union(of_clients)
    return sorted(set(await tx.scalars(both)) - {PLATFORM})


async def history_export(tx: AsyncSession, export_id: str) -> tables.HistoryExport:
    """Find an export of the transaction's tenant.

    Raises: HistoryExportNotFound.
    """
    found = await tx.get(tables.HistoryExport, (tx.info["tenant"], export_id))
    if found is None:
        raise HistoryExportNotFound
    return found
