"""Revocations: telling every service that a session, a key set or a token has ended."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases
from libs.common.liveness import KEPT_SECONDS, Bulletin

from .. import queries, tables

RESTRICTION = "restriction:"
"""Begins the id that stands for a policyholder whose address restriction has changed."""

_LOOK_SECONDS = 1
_ONE_WRITER = text("SELECT pg_advisory_xact_lock(hashtext('identity.revocations'))")
_KEPT = timedelta(days=1)


async def revoke(tx: AsyncSession, revoked_id: str, at: datetime) -> None:
    """End a `sid` or a `jti` on every service."""
    # One writer at a time, so that places become visible in order and no listener,
    # having seen place 8, misses a 7 that committed later.
    await tx.execute(_ONE_WRITER)
    tx.add(tables.Revocation(revoked_id=revoked_id, revoked_at=at))
    await tx.flush()


async def news(databases: Databases, after: int | None, wait_seconds: int) -> Bulletin:
    """Tell what was revoked after a place, waiting for news if there is none yet."""
    bulletin = await _look(databases, after)
    for _ in range(0 if after is None else wait_seconds // _LOOK_SECONDS):
        if bulletin.ids or bulletin.restrictions:
            break
        await asyncio.sleep(_LOOK_SECONDS)
        bulletin = await _look(databases, after)
    return bulletin


async def forget_old(tx: AsyncSession, now: datetime) -> None:
    """Remove revocations of tokens that have long expired."""
    await tx.execute(delete(tables.Revocation).where(tables.Revocation.revoked_at < now - _KEPT))


async def _look(databases: Databases, after: int | None) -> Bulletin:
    since = datetime.now(UTC) - timedelta(seconds=KEPT_SECONDS)
    # A transaction per look: none is held open while we wait.
    async with databases.tenant(PLATFORM) as tx:
        ids, last = await queries.revocations(tx, after, since)
        changed = {it.removeprefix(RESTRICTION) for it in ids if it.startswith(RESTRICTION)}
        # Who has heard nothing yet hears all there are.
        found = await queries.ip_restrictions(tx, None if after is None else changed)
    restrictions = {it.policyholder_code: it.networks if it.enabled else None for it in found}
    ended = [it for it in ids if not it.startswith(RESTRICTION)]
    return Bulletin(ids=ended, last=last, restrictions=restrictions)
