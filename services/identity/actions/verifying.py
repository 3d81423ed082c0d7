"""Verifying the access history: every entry is there, unchanged, and in its place."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from jwt import PyJWK
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases

from .. import queries, tables
from ..domain.history import SHORTEST_LIFE
from .history import fields_of
from .history_chain import Chain, Flaw, Keys, genesis
from .history_files import Verified, verify

_AT_ONCE = 500
_NO_END = 2**62


class HistoryBroken(RuntimeError):
    """A history is not what was written: somebody has changed it past the service."""


async def verify_chain(tx: AsyncSession) -> Flaw | None:
    """Follow the chain of the transaction's tenant; gives its first flaw, if it has one.

    Source: security notes §3.11 (edit, delete, insert, reorder, truncation, missing chain).
    """
    tenant = tx.info["tenant"]
    chain = Chain(tenant, genesis(tenant), keys=_keys(await queries.audit_public_keys(tx)))
    points = {it.size: it for it in await queries.history_checkpoints(tx, 1, _NO_END)}
    if (flaw := await _begin(tx, chain, points)) is not None:
        return flaw
    async for entry in _entries(tx):
        flaw = chain.entry(fields_of(entry), entry.prev_hash, entry.entry_hash)
        if flaw is None and (point := points.pop(chain.seq, None)) is not None:
            flaw = chain.checkpoint(point.signature)
        if flaw is not None:
            return flaw
    head = await queries.history_head(tx)
    is_end = chain.ends_with(*((head.seq, head.entry_hash) if head else (0, genesis(tenant))))
    return None if is_end and not points else chain.flaw("cut off")


async def verify_all(databases: Databases) -> list[Flaw]:
    """Follow every chain there is; gives the first flaw of each that has one."""
    async with databases.tenant(PLATFORM) as tx:
        tenants = [PLATFORM, *await queries.policyholders_with_access(tx)]
    found = []
    for tenant in tenants:
        async with databases.tenant(tenant) as tx:
            found.append(await verify_chain(tx) or await _missed(tx))
    return [flaw for flaw in found if flaw is not None]


async def _missed(tx: AsyncSession) -> Flaw | None:
    """Miss a chain that is gone as a whole: it began with its first user or program."""
    tenant = tx.info["tenant"]
    is_there = tenant == PLATFORM or await queries.history_head(tx) is not None
    return None if is_there else Flaw(tenant, 1, "missing")


def verify_file(path: Path, keys: Path | None) -> Verified | Flaw:
    """Follow the chain in an exported file, with the keys as `/.well-known` gives them."""
    believed = None if keys is None else _keys(json.loads(keys.read_text())["keys"])
    with path.open(encoding="utf-8") as lines:
        return verify(lines, believed)


def _keys(jwks: list[dict[str, str]]) -> Keys:
    return {jwk["kid"]: PyJWK(jwk).key for jwk in jwks}


async def _begin(
    tx: AsyncSession, chain: Chain, points: dict[int, tables.HistoryCheckpoint]
) -> Flaw | None:
    """Let a chain go on from its oldest checkpoint, where nothing is left of what that covers."""
    oldest = min(points, default=0)
    covered = queries.history_between(1, oldest).limit(1)
    if not points or (await tx.scalars(covered)).first() is not None:
        return None
    point = points.pop(oldest)
    latest = datetime.now(UTC) - SHORTEST_LIFE
    return chain.forgotten(oldest, point.head_hash, point.signature, latest)


async def _entries(tx: AsyncSession) -> AsyncIterator[tables.HistoryEntry]:
    in_order = select(tables.HistoryEntry).order_by(tables.HistoryEntry.seq)
    options = {"yield_per": _AT_ONCE}
    async for entry in await tx.stream_scalars(in_order.execution_options(**options)):
        yield entry
