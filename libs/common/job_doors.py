"""The internal doors by which whoever moves the business clock lets a service's jobs run."""

from collections.abc import Sequence

from fastapi import Request

from . import clock
from .jobs import Job, next_due, run_due
from .routing import Router
from .security import public
from .wire import Instant, Output


class JobsDue(Output):
    """Where the clock must stop next for a service's jobs; nowhere if none needs it."""

    next_due_at: Instant | None


def jobs_router(jobs: Sequence[Job]) -> Router:
    """Make the doors of a service with these jobs."""
    router = Router(
        tags=["internal"],
        dependencies=[public("on the internal listener only; nothing runs before it is due")],
    )

    @router.get("/jobs", openapi_extra={"x-summary-ja": "次の定時処理の照会"})
    async def get_jobs(request: Request) -> JobsDue:
        """Tell where the clock must stop next."""
        state = request.app.state
        return JobsDue(next_due_at=await next_due(state.databases, jobs, clock.now()))

    @router.post("/jobs/run", openapi_extra={"x-summary-ja": "定時処理の実行"})
    async def run_jobs(request: Request) -> JobsDue:
        """Run what is due by the business clock, and answer when it is done."""
        state = request.app.state
        due = await run_due(state.databases, state.settings, jobs, clock.now())
        return JobsDue(next_due_at=due)

    return router
