"""Counting tries before they are judged, so that many at once are still counted one by one."""

from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases
from libs.common.problem_codes import RateLimited

from .. import tables
from ..domain.throttling import SOURCE, Limit, retry_after
from .desk import Address
from .platform import at_platform

# The row's lock puts rivals in order: each sees the count of the one before it.
_COUNT = text("""
INSERT INTO throttles AS known (tenant, subject, count, since, blocked_until)
VALUES ('platform', :subject, 1, :now,
        CAST(:now AS timestamptz) + make_interval(secs => NULLIF((CAST(:waits AS int[]))[1], 0)))
ON CONFLICT (tenant, subject) DO UPDATE SET
    count = CASE WHEN known.since < :stale THEN 1 ELSE known.count + 1 END,
    since = CASE WHEN known.since < :stale THEN EXCLUDED.since ELSE known.since END,
    blocked_until = EXCLUDED.since + make_interval(secs => NULLIF((CAST(:waits AS int[]))[
        LEAST(CASE WHEN known.since < :stale THEN 1 ELSE known.count + 1 END, :most)], 0))
WHERE known.blocked_until IS NULL OR known.blocked_until <= EXCLUDED.since
RETURNING count
""")
_BLOCKED_UNTIL = text("SELECT blocked_until FROM throttles WHERE subject = :subject")
_GIVE_BACK = text("""
UPDATE throttles SET count = count - 1, blocked_until = NULL WHERE subject = :subject AND count > 0
""")
_IPV6_SITE = 64


def subject(limit: Limit, name: str) -> str:
    """Name what is counted under a limit."""
    return f"{limit.kind}:{name}"


def source(address: Address | None, limit: Limit = SOURCE) -> str:
    """Name a source: an IPv4 address, or the IPv6 network that one site has to itself."""
    if address is None:
        return subject(limit, "unknown")
    if address.version == 4:
        return subject(limit, str(address))
    return subject(limit, str(int(address) >> (128 - _IPV6_SITE)))


async def count(databases: Databases, limit: Limit, name: str, now: datetime) -> int:
    """Count one more try, committed before anything is judged; gives how many there were.

    Units:  `now` is real time.
    Raises: RateLimited during a wait; such a try is not counted.
    """
    waits = list(limit.waits)
    row = {
        "subject": name,
        "now": now,
        "stale": now - limit.window,
        "waits": waits,
        "most": len(waits),
    }
    async with databases.tenant(PLATFORM) as tx:
        counted: int | None = await tx.scalar(_COUNT, row)
        if counted is not None:
            return counted
        blocked_until: datetime | None = await tx.scalar(_BLOCKED_UNTIL, {"subject": name})
    raise RateLimited(retry_after=retry_after((blocked_until or now) - now))


async def is_blocked(databases: Databases, name: str, now: datetime) -> bool:
    """Tell whether a subject has to wait."""
    async with databases.tenant(PLATFORM) as tx:
        found = await tx.get(tables.Throttle, (PLATFORM, name))
        return bool(found and found.blocked_until and found.blocked_until > now)


async def give_back(databases: Databases, name: str) -> None:
    """Take back a count that was no failure."""
    async with databases.tenant(PLATFORM) as tx:
        await tx.execute(_GIVE_BACK, {"subject": name})


async def forgive(tx: AsyncSession, *names: str) -> None:
    """Begin to count anew: after a complete sign-in, a reissue or a reset."""
    async with at_platform(tx):
        of_them = tables.Throttle.subject.in_(names)
        await tx.execute(delete(tables.Throttle).where(of_them))


async def forget_old(tx: AsyncSession, now: datetime) -> None:
    """Remove counts that no longer matter."""
    over = (tables.Throttle.blocked_until.is_(None)) | (tables.Throttle.blocked_until <= now)
    long_ago = tables.Throttle.since < now - timedelta(days=1)
    await tx.execute(delete(tables.Throttle).where(over, long_ago))
