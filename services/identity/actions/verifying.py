"""Verifying the access history: every entry is there, unchanged, and in its place."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases

from .. import tables
from .history import chained, fields_of, genesis

_AT_ONCE = 500


class HistoryBroken(RuntimeError):
    """A history is not what was written: somebody has changed it past the service."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first entry of a chain that is not as it was written, and what is wrong with it."""

    tenant: str
    seq: int
    what: str


async def verify(tx: AsyncSession) -> Flaw | None:
    """Follow the chain of the transaction's tenant; gives its first flaw, if it has one.

    Source: security notes §3.11 (edit, delete, insert, reorder, truncation, missing chain).
    """
    tenant = tx.info["tenant"]
    size, last = 0, genesis(tenant)
    async for entry in _entries(tx):
        size += 1
        if entry.seq != size:
            return Flaw(tenant, size, "missing")
        if entry.prev_hash != last:
            return Flaw(tenant, size, "out of its chain")
        if entry.entry_hash != chained(last, fields_of(entry)):
            return Flaw(tenant, size, "changed")
        last = entry.entry_hash
    head = await tx.get(tables.HistoryHead, tenant)
    at_end = (head.seq, head.entry_hash) if head else (0, genesis(tenant))
    return None if at_end == (size, last) else Flaw(tenant, size + 1, "cut off")


async def verify_all(databases: Databases) -> list[Flaw]:
    """Follow every chain there is; gives the first flaw of each that has one."""
    async with databases.tenant(PLATFORM) as tx:
        codes = select(tables.LoginDirectoryEntry.policyholder_code).distinct()
        tenants = [PLATFORM, *await tx.scalars(codes)]
    found = []
    for tenant in tenants:
        async with databases.tenant(tenant) as tx:
            found.append(await verify(tx))
    return [flaw for flaw in found if flaw is not None]


async def _entries(tx: AsyncSession) -> AsyncIterator[tables.HistoryEntry]:
    in_order = select(tables.HistoryEntry).order_by(tables.HistoryEntry.seq)
    options = {"yield_per": _AT_ONCE}
    async for entry in await tx.stream_scalars(in_order.execution_options(**options)):
        yield entry
