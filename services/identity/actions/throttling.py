"""Counting tries before they are judged, so that many at once are still counted one by one."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases
from libs.common.driver import Statement
from libs.common.problem_codes import RateLimited

from .. import tables
from ..domain.throttling import LIMITS, SOURCE, Limit, retry_after, wait_after
from .desk import Address, Origin
from .history import Actor, Deed, record
from .platform import at_platform

# The row's lock puts rivals in order: each sees the count of the one before it.
_COUNT = Statement("""
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
_BLOCKED_UNTIL = Statement("SELECT blocked_until FROM throttles WHERE subject = :subject")
_REFUSE = Statement("""
UPDATE throttles SET refused = refused + 1 WHERE subject = :subject RETURNING blocked_until
""")
# Who is being counted at this moment is told the next time: nobody waits for the history.
_TAKE_REFUSED = Statement("""
WITH waiting AS (
    SELECT subject, refused FROM throttles WHERE refused > 0
    LIMIT :most FOR UPDATE SKIP LOCKED
)
UPDATE throttles SET refused = 0 FROM waiting WHERE throttles.subject = waiting.subject
RETURNING waiting.subject, waiting.refused
""")
_GIVE_BACK = Statement("""
UPDATE throttles SET count = count - 1, blocked_until = NULL WHERE subject = :subject AND count > 0
""")
# Its row stays: how many a wait has refused is still to be told.
_FORGIVE = Statement("""
UPDATE throttles SET count = 0, blocked_until = NULL WHERE subject = ANY(:subjects)
""")
_IPV6_SITE = 64
_TOO_MANY = Deed("throttle", "FAILURE", reason="rate-limited")
_TOLD_AT_ONCE = 100


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


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tries there were, this one too; during a wait until when, and it is not counted."""

    name: str
    tries: int
    blocked_until: datetime | None = None
    begins_wait: bool = False

    @property
    def may_go_on(self) -> bool:
        """Whether nothing has to be waited for."""
        return self.blocked_until is None

    def judge(self, now: datetime) -> int:
        """Give the number of tries.

        Raises: RateLimited.
        """
        if self.blocked_until is not None:
            raise RateLimited(retry_after=retry_after(self.blocked_until - now))
        return self.tries


async def count(databases: Databases, limit: Limit, name: str, now: datetime) -> int:
    """Count one more try, committed before anything is judged; gives how many there were.

    Units:  `now` is real time.
    Raises: RateLimited during a wait; such a try is not counted.
    """
    async with databases.tenant(PLATFORM) as tx:
        counted = await tally(tx, limit, name, now)
        await note_waits(tx, counted)
    return counted.judge(now)


async def tally(tx: AsyncSession, limit: Limit, name: str, now: datetime) -> Tally:
    """Count one more try among the platform's rows; to be judged when that is committed.

    During a wait it is none, but counted among those refused.
    """
    waits = limit.waits
    stale = now - limit.window
    tries: int | None = await _COUNT.value(
        tx, subject=name, now=now, stale=stale, waits=waits, most=len(waits)
    )
    if tries is not None:
        return Tally(name, tries, begins_wait=wait_after(limit, tries) > 0)
    return Tally(name, 0, await _REFUSE.value(tx, subject=name) or now)


async def note_waits(tx: AsyncSession, *counted: Tally) -> None:
    """Write down where a wait begins: whose it is, nobody may know yet, so for the platform.

    After all that is counted: the history's lock is taken after all others.
    """
    for one in counted:
        if one.begins_wait:
            await record(tx, Actor("unknown", one.name), Origin(None), _TOO_MANY)


async def tell_refused(databases: Databases) -> None:
    """Write down how many tries each wait has refused since it was last told: one entry for all.

    So nothing is lost, and whoever goes on trying writes no history of their own.
    """
    while True:
        async with databases.tenant(PLATFORM) as tx:
            told = await _TAKE_REFUSED.rows(tx, most=_TOLD_AT_ONCE)
            for name, refused in told:
                deed = replace(_TOO_MANY, reason="refused-while-waiting", target=f"{refused} tries")
                await record(tx, Actor("unknown", name), Origin(None), deed)
        if len(told) < _TOLD_AT_ONCE:
            return


async def blocked_until(tx: AsyncSession, name: str) -> datetime | None:
    """Tell until when a subject has to wait, if it has to or had to."""
    until: datetime | None = await _BLOCKED_UNTIL.value(tx, subject=name)
    return until


async def give_back(tx: AsyncSession, name: str) -> None:
    """Take back a count that was no failure."""
    async with at_platform(tx):
        await _GIVE_BACK.rows(tx, subject=name)


async def forgive(tx: AsyncSession, *names: str) -> None:
    """Begin to count anew: after a complete sign-in, a reissue or a reset."""
    async with at_platform(tx):
        await _FORGIVE.rows(tx, subjects=names)


async def forget_old(tx: AsyncSession, now: datetime) -> None:
    """Remove counts that would begin anew, once all is told that they refused.

    One that forbids something stays until it does not.
    """
    row = tables.Throttle
    over = (row.blocked_until.is_(None)) | (row.blocked_until <= now)
    for limit in LIMITS:
        of_it = row.subject.startswith(subject(limit, ""))
        anew = (row.count == 0) | (row.since < now - limit.window)
        await tx.execute(delete(row).where(of_it, over, anew, row.refused == 0))
