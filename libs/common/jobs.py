"""Jobs: acts started by the business clock, each for its due instant, in order, none left out.

Until when each job has run is a row in the service's database, so that an outage is caught up
with, and only one of many workers runs a due instant. An act opens transactions of its own, may
be begun again, and therefore carries out nothing twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import structlog
from fastapi import Request
from prometheus_client import Gauge
from sqlalchemy import Column, DateTime, MetaData, Table, Text, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from . import clock, context
from .database import Databases
from .dates import JAPAN
from .problem_codes import DependencyUnavailable
from .routing import Router
from .security import public
from .telemetry import continued
from .wire import Instant, Output

log = structlog.get_logger(__name__)

LATE = Gauge("jobs_late_seconds", "How long the earliest due job has waited", ["service"])

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
_HAS_RUN = text("UPDATE job_runs SET ran_until = :due WHERE job = :job")

DueAfter = Callable[[datetime], datetime]
"""Tells the first instant, strictly after a given one, at which a job is due."""

Act = Callable[[Databases, datetime], Awaitable[None]]
"""What a job does for one due instant; what it has done before, it finds done."""


@dataclass(frozen=True, slots=True)
class Job:
    """An act that nobody asks for: it is due when its time has come (定時処理)."""

    name: str
    due_after: DueAfter
    act: Act


def daily_at(at: time) -> DueAfter:
    """Be due every day at a time of day in Japan."""

    def due_after(instant: datetime) -> datetime:
        day = instant.astimezone(JAPAN).date()
        due = datetime.combine(day, at, JAPAN)
        if due <= instant:
            due = datetime.combine(day + timedelta(days=1), at, JAPAN)
        return due.astimezone(UTC)

    return due_after


def add_job_runs(metadata: MetaData) -> None:
    """Enter the table of a service that has jobs in its catalogue."""
    Table(
        "job_runs",
        metadata,
        Column("job", Text, primary_key=True),
        Column("ran_until", DateTime(timezone=True), nullable=False),
    )


async def next_due(databases: Databases, jobs: Sequence[Job], now: datetime) -> datetime | None:
    """Tell when the next job is due, or was; nothing is ever due where there are no jobs."""
    if not jobs:
        return None
    async with databases.platform() as tx:
        due, _ = await _earliest(tx, jobs, now)
        return due


async def run_due(databases: Databases, jobs: Sequence[Job], now: datetime) -> datetime | None:
    """Run what is due by now, the earliest first, and tell when the next job will be.

    Raises: DependencyUnavailable when a job fails; it and all after it stay due.
    """
    while (due := await next_due(databases, jobs, now)) is not None and due <= now:
        await _run_earliest(databases, jobs, now)
    return due


async def follow_clock(service: str, databases: Databases, jobs: Sequence[Job]) -> None:
    """Run what is due by the business clock, until cancelled."""
    while True:
        # What follows from the clock has no other first cause than this look at it.
        context.correlation_id.set(str(uuid4()))
        context.traceparent.set(continued(""))
        now = clock.now()
        try:
            due = await next_due(databases, jobs, now) or now
            LATE.labels(service).set(max(0.0, (now - due).total_seconds()))
            if due <= now:
                await run_due(databases, jobs, now)
        except (DependencyUnavailable, DBAPIError, PoolTimeout, OSError) as error:
            log.warning("jobs_interrupted", error=type(error).__name__)
            await asyncio.sleep(_RETRY_SECONDS)
        await asyncio.sleep(_POLL_SECONDS)


def jobs_router(jobs: Sequence[Job]) -> Router:
    """Make the internal doors by which whoever moves the clock lets jobs run."""
    router = Router(
        tags=["internal"],
        dependencies=[public("on the internal listener only; nothing runs before it is due")],
    )

    @router.get("/jobs", openapi_extra={"x-summary-ja": "次の定時処理の照会"})
    async def get_jobs(request: Request) -> JobsDue:
        """Tell when the next job is due."""
        return JobsDue(next_due_at=await next_due(request.app.state.databases, jobs, clock.now()))

    @router.post("/jobs/run", openapi_extra={"x-summary-ja": "定時処理の実行"})
    async def run_jobs(request: Request) -> JobsDue:
        """Run what is due by the business clock, and answer when it is done."""
        return JobsDue(next_due_at=await run_due(request.app.state.databases, jobs, clock.now()))

    return router


class JobsDue(Output):
    """When a service's next job is due; none where it has no jobs."""

    next_due_at: Instant | None


async def _run_earliest(databases: Databases, jobs: Sequence[Job], now: datetime) -> None:
    async with databases.platform() as tx:
        # All rows are locked: a service's jobs run one after another, whichever worker runs them.
        due, job = await _earliest(tx, jobs, now, lock=True)
        if due > now:
            return
        try:
            await job.act(databases, due)
        except Exception as error:
            log.exception("job_failed", job=job.name, due_at=due.isoformat())
            raise DependencyUnavailable(retry_after=1) from error
        await tx.execute(_HAS_RUN, {"job": job.name, "due": due})
    log.info("job_ran", job=job.name, due_at=due.isoformat())


async def _earliest(
    tx: AsyncSession, jobs: Sequence[Job], now: datetime, *, lock: bool = False
) -> tuple[datetime, Job]:
    """Find the job that is due first; of two at one instant, the one that is listed first."""
    names = sorted(job.name for job in jobs)
    found = await tx.execute(text(_RAN + (" FOR UPDATE" if lock else "")), {"jobs": names})
    ran_until = {job: until for job, until in found if until <= now + _SKEW}
    # New, or ahead of a clock that began anew: there is nothing to catch up with.
    if fresh := [name for name in names if name not in ran_until]:
        await tx.execute(_BEGIN, {"jobs": fresh, "now": now})
    dues = [(job.due_after(ran_until.get(job.name, now)), job) for job in jobs]
    return min(dues, key=lambda it: it[0])
