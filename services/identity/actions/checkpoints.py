"""Checkpoints of the access history (チェックポイント): signed, kept, and told to others.

Who rewrote a chain from end to end in the database would still not have what was signed and told
before. Checkpoints live by real time, as sessions do.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases
from libs.common.outbox import announce
from libs.common.records import every_record

from .. import events, queries, tables
from ..domain import signing_keys
from ..domain.signing_keys import SIGNS_CHECKPOINTS_FOR
from .desk import Desk
from .history_chain import CHECKPOINT_TYPE, Signed, claims
from .sealing import KeyEncryptionKey
from .signing_keys import make_next, signer_of


async def renew_key(tx: AsyncSession, kek: KeyEncryptionKey, now: datetime) -> None:
    """Make the key that signs checkpoints, and the next one a day before a year is over.

    Of those that have signed their last, the public half alone is kept. Units: `now` is real time.
    """
    lives = await make_next(tx, tables.AuditKey, kek, now, SIGNS_CHECKPOINTS_FOR)
    through = [key.kid for key in signing_keys.finished(lives, now)]
    their_own = update(tables.AuditKey).where(tables.AuditKey.kid.in_(through))
    await tx.execute(their_own.values(sealed_private_key=None, encryption_key_id=None))


async def sign_due(desk: Desk, now: datetime) -> int:
    """Sign every chain that has waited long enough; gives how many."""
    chains = await _waiting(desk.databases, now)
    for chain in chains:
        async with desk.databases.tenant(chain) as tx:
            await cover(tx, desk, now)
    return len(chains)


async def cover(tx: AsyncSession, desk: Desk, now: datetime) -> tables.HistoryCheckpoint | None:
    """Sign the chain of the transaction's tenant up to its end; None where there is no chain."""
    # Locked: nobody adds while the end is signed, and of two who sign, one finds it done.
    head = await queries.history_head(tx, locked=True)
    if head is None:
        return None
    point = await sign(tx, desk, head.seq, head.entry_hash, now)
    head.signed_seq = head.seq
    await tx.execute(
        delete(tables.CheckpointTask).where(tables.CheckpointTask.chain == head.tenant)
    )
    return point


async def sign(
    tx: AsyncSession, desk: Desk, size: int, head_hash: bytes, now: datetime
) -> tables.HistoryCheckpoint:
    """Sign that a chain had so many entries, and tell it; once for each length.

    Raises: DependencyUnavailable before the platform has its key; SealBroken.
    """
    tenant = tx.info["tenant"]
    if (point := await tx.get(tables.HistoryCheckpoint, (tenant, size))) is not None:
        return point
    key = await signer_of(tx, tables.AuditKey, desk.kek, now)
    said = claims(desk.issuer, tenant, size, head_hash, int(now.timestamp()))
    point = tables.HistoryCheckpoint(
        tenant=tenant,
        size=size,
        head_hash=head_hash,
        signed_at=now,
        kid=key.kid,
        signature=key.sign(said, CHECKPOINT_TYPE),
    )
    tx.add(point)
    await announce(tx, _fact(point))
    return point


async def told(bootstrap: str) -> dict[str, list[Signed]]:
    """Read every checkpoint that was ever told, by the chain it covers.

    Raises: KafkaError.
    """
    found = defaultdict(list)
    async for record in every_record(bootstrap, [events.CheckpointSigned.topic]):
        point = events.CheckpointSigned.model_validate_json(record.value)
        found[point.chain].append((point.size, point.signature))
    return found


async def _waiting(databases: Databases, now: datetime) -> list[str]:
    async with databases.tenant(PLATFORM) as tx:
        return await queries.chains_due(tx, now)


def _fact(point: tables.HistoryCheckpoint) -> events.CheckpointSigned:
    return events.CheckpointSigned(
        chain=point.tenant,
        size=point.size,
        head_hash=point.head_hash.hex(),
        signed_at=point.signed_at,
        kid=point.kid,
        signature=point.signature,
    )
