"""What identity asks of the services that follow the business clock."""

from datetime import datetime

import httpx
from pydantic import ValidationError

from libs.common.http import ask
from libs.common.job_doors import JobsDue
from libs.common.problem_codes import DependencyUnavailable

# A month end takes its time; whoever waits for the answer gave up long before.
_LONGEST_RUN_SECONDS = 300


async def next_job(client: httpx.AsyncClient, follower: str) -> datetime | None:
    """Ask when a service's next job is due.

    Raises: DependencyUnavailable.
    """
    return _due(await ask(client, f"{follower}/internal/jobs"))


async def run_jobs(client: httpx.AsyncClient, follower: str) -> datetime | None:
    """Let a service run what is due by the clock, and hear when its next job is due.

    Raises: DependencyUnavailable when a job fails, too.
    """
    try:
        answer = await client.post(f"{follower}/internal/jobs/run", timeout=_LONGEST_RUN_SECONDS)
    except httpx.HTTPError as why:
        raise DependencyUnavailable(retry_after=1) from why
    return _due(answer)


def _due(answer: httpx.Response) -> datetime | None:
    try:
        return JobsDue.model_validate_json(answer.raise_for_status().content).next_due_at
    except (httpx.HTTPError, ValidationError) as why:
        raise DependencyUnavailable(retry_after=1) from why
