"""Jobs: acts started by the business clock, each for its due instant, in order, none left out.

Until when each job has run is a row in the service's database, so that an outage is caught up
with, and only one of many workers runs a due instant. An act opens transactions of its own, may
be begun again, and therefore carries out nothing twice. Upkeep, which lives by real time, runs once
for all the instants it has missed, holds up no clock, and waits for no other job.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum, auto
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Gauge
from sqlalchemy import Column, DateTime, MetaData, Table, Text, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from . import clock, context
from .database import Databases
from .dates import JAPAN
from .problem_codes import DependencyUnavailable
from .telemetry import continued

log = structlog.get_logger(__name__)

LATE = Gauge("jobs_late_seconds", "How long a due job has waited", ["service", "job"])

_POLL_SECONDS = 1.0
_RETRY_SECONDS = 5.0
# Two workers' clocks are never quite one; only what lies further ahead is another beginning.
_SKEW = timedelta(minutes=1)

_RAN = "SELECT job, ran_until FROM job_runs WHERE job = ANY(:jobs) ORDER BY job"
_BEGIN = text("""
INSERT INTO job_runs AS noted (job, ran_until)
SELECT job, :now FROM unnest(CAST(:jobs AS text[])) AS started (job)
ON CONFLICT (job) DO UPDATE SET ran_until = EXCLUDED.ran_until
WHERE noted.ran_until > EXCLUDED.ran_until
""")
_HAS_RUN = text("UPDATE job_runs SET ran_until = :until WHERE job = :job")

DueAfter = Callable[[datetime], datetime]
"""Tells the first instant, strictly after a given one, at which a job is due."""

Act = Callable[[Databases, Any, datetime], Awaitable[None]]
"""What a job does for one due instant, with the service's databases and settings; what it has
done before, it finds done."""


class Missed(Enum):
    """What becomes of the instants that have passed before a job came to run."""

    EACH = auto()
    """Each is run, in order, with all such jobs of the service: whoever moves the clock waits."""

    ONCE = auto()
    """One run is for all of them, and no other job's failing holds it up."""


@dataclass(frozen=True, slots=True)
class Job:
    """An act that nobody asks for: it is due when its time has come (定時処理)."""

    name: str
    due_after: DueAfter
    act: Act
    missed: Missed = Missed.EACH


def daily_at(at: time) -> DueAfter:
    """Be due every day at a time of day in Japan."""

    def due_after(instant: datetime) -> datetime:
        day = instant.astimezone(JAPAN).date()
        due = datetime.combine(day, at, JAPAN)
        if due <= instant:
            due = datetime.combine(day + timedelta(days=1), at, JAPAN)
        return due.astimezone(UTC)

    return due_after


def every(span: timedelta) -> DueAfter:
    """Be due so long after the last time."""
    return lambda instant: instant + span


def add_job_runs(metadata: MetaData) -> None:
    """Enter the table of a service that has jobs in its catalogue."""
    Table(
        "job_runs",
        metadata,
        Column("job", Text, primary_key=True),
        Column("ran_until", DateTime(timezone=True), nullable=False),
    )


async def next_due(databases: Databases, jobs: Sequence[Job], now: datetime) -> datetime | None:
    """Tell when the clock must stop next, or should have: where each instant of a job counts."""
    in_order = [job for job in jobs if job.missed is Missed.EACH]
    if not in_order:
        return None
    async with databases.platform() as tx:
        [(due, _), *_] = await _dues(tx, in_order, now)
        return due


async def run_due(
    databases: Databases, settings: Any, jobs: Sequence[Job], now: datetime
) -> datetime | None:
    """Run what is due by now, and tell when the clock must stop next.

    Raises: DependencyUnavailable when a job fails; it and all that wait for it stay due.
    """
    for queue in _queues(jobs):
        while await _run_earliest(databases, settings, queue, now):
            pass
    return await next_due(databases, jobs, now)


async def follow_clock(
    service: str, databases: Databases, settings: Any, jobs: Sequence[Job]
) -> None:
    """Run what is due by the business clock, until cancelled."""
    async with asyncio.TaskGroup() as group:
        for queue in _queues(jobs):
            group.create_task(_follow(service, databases, settings, queue))


def _queues(jobs: Sequence[Job]) -> list[Sequence[Job]]:
    """Part jobs by who waits for whom: those in order for each other, upkeep for nobody."""
    in_order = [job for job in jobs if job.missed is Missed.EACH]
    upkeep = [[job] for job in jobs if job.missed is Missed.ONCE]
    return [in_order, *upkeep] if in_order else [*upkeep]


async def _follow(service: str, databases: Databases, settings: Any, queue: Sequence[Job]) -> None:
    while True:
        # What follows from the clock has no other first cause than this look at it.
        context.correlation_id.set(str(uuid4()))
        context.traceparent.set(continued(""))
        now = clock.now()
        try:
            async with databases.platform() as tx:
                dues = await _dues(tx, queue, now)
            for due, job in dues:
                LATE.labels(service, job.name).set(max(0.0, (now - due).total_seconds()))
            if any(due <= now for due, _ in dues):
                await run_due(databases, settings, queue, now)
        except (DependencyUnavailable, DBAPIError, PoolTimeout, OSError) as error:
            log.warning("jobs_interrupted", error=type(error).__name__)
            await asyncio.sleep(_RETRY_SECONDS)
        await asyncio.sleep(_POLL_SECONDS)


async def _run_earliest(
    databases: Databases, settings: Any, queue: Sequence[Job], now: datetime
) -> bool:
    """Run the job that is due first; False when none is due."""
    async with databases.platform() as tx:
        # All rows are locked: a queue runs one job after another, whichever worker runs them.
        [(due, job), *_] = await _dues(tx, queue, now, lock=True)
        if due > now:
            return False
        try:
            await job.act(databases, settings, due)
        except Exception as error:
            log.exception("job_failed", job=job.name, due_at=due.isoformat())
            raise DependencyUnavailable(retry_after=1) from error
        until = due if job.missed is Missed.EACH else now
        await tx.execute(_HAS_RUN, {"job": job.name, "until": until})
    # Upkeep runs every few seconds: who wants to know how far it has come, reads its row.
    tell = log.info if job.missed is Missed.EACH else log.debug
    tell("job_ran", job=job.name, due_at=due.isoformat())
    return True


async def _dues(
    tx: AsyncSession, queue: Sequence[Job], now: datetime, *, lock: bool = False
) -> list[tuple[datetime, Job]]:
    """Tell when each job is due, the first first; of two at one instant, as they are listed."""
    names = sorted(job.name for job in queue)
    found = await tx.execute(text(_RAN + (" FOR UPDATE" if lock else "")), {"jobs": names})
    ran_until = {job: until for job, until in found if until <= now + _SKEW}
    # New, or ahead of a clock that began anew: there is nothing to catch up with.
    if fresh := [name for name in names if name not in ran_until]:
        await tx.execute(_BEGIN, {"jobs": fresh, "now": now})
    dues = [(job.due_after(ran_until.get(job.name, now)), job) for job in queue]
    return sorted(dues, key=lambda it: it[0])
