"""Verifying the access history: every entry is there, unchanged, and in its place."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from jwt import PyJWK
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases

from .. import queries, tables
from ..domain.history import SHORTEST_LIFE
from .history import fields_of
from .history_chain import Chain, Flaw, Keys, Signed, genesis
from .history_files import Verified, verify

_AT_ONCE = 500
_NO_END = 2**62


class HistoryBroken(SystemExit):
    """A history is not what was written: somebody has changed it past the service.

    It ends the operator's command, which says so and nothing else.
    """


async def verify_chain(tx: AsyncSession, told: Iterable[Signed] = ()) -> Flaw | None:
    """Follow the chain of the transaction's tenant; gives its first flaw, if it has one.

    `told` are the checkpoints that others have: no change in the database reaches those.
    Source: security notes §3.11 (edit, delete, insert, reorder, truncation, missing chain).
    """
    tenant = tx.info["tenant"]
    chain = Chain(tenant, genesis(tenant), keys=_keys(await queries.audit_public_keys(tx)))
    points = await queries.history_checkpoints(tx, 1, _NO_END)
    if (flaw := await _begin(tx, chain, points)) is not None:
        return flaw
    signed = _after(chain.seq, [*((it.size, it.signature) for it in points), *told])
    async for entry in _entries(tx):
        flaw = chain.entry(fields_of(entry), entry.prev_hash, entry.entry_hash)
        for signature in signed.pop(chain.seq, ()):
            flaw = flaw or chain.checkpoint(signature)
        if flaw is not None:
            return flaw
    head = await queries.history_head(tx)
    is_end = chain.ends_with(*((head.seq, head.entry_hash) if head else (0, genesis(tenant))))
    return None if is_end and not signed else chain.flaw("cut off")


async def verify_all(databases: Databases, told: Mapping[str, Collection[Signed]]) -> list[Flaw]:
    """Follow every chain there is, and every one that was told of; gives the first flaw of each."""
    async with databases.tenant(PLATFORM) as tx:
        known = [PLATFORM, *await queries.policyholders_with_access(tx)]
    found = []
    for tenant in dict.fromkeys([*known, *told]):
        async with databases.tenant(tenant) as tx:
            flaw = await verify_chain(tx, told.get(tenant, ()))
            found.append(flaw or await _missed(tx))
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
    tx: AsyncSession, chain: Chain, points: Sequence[tables.HistoryCheckpoint]
) -> Flaw | None:
    """Let a chain go on from its oldest checkpoint, where nothing is left of what that covers."""
    if not points:
        return None
    oldest = points[0]
    covered = queries.history_between(1, oldest.size).limit(1)
    if (await tx.scalars(covered)).first() is not None:
        return None
    latest = datetime.now(UTC) - SHORTEST_LIFE
    return chain.forgotten(oldest.size, oldest.head_hash, oldest.signature, latest)


def _after(seq: int, checkpoints: Iterable[Signed]) -> dict[int, set[str]]:
    """Put the signatures of what comes after an entry by what they sign."""
    signed: dict[int, set[str]] = defaultdict(set)
    for size, signature in checkpoints:
        if size > seq:
            signed[size].add(signature)
    return signed


async def _entries(tx: AsyncSession) -> AsyncIterator[tables.HistoryEntry]:
    in_order = select(tables.HistoryEntry).order_by(tables.HistoryEntry.seq)
    options = {"yield_per": _AT_ONCE}
    async for entry in await tx.stream_scalars(in_order.execution_options(**options)):
        yield entry
