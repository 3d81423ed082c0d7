"""Moving the business clock (業務時計): not a job is left out on its way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from libs.common import clock
from libs.common.problem_codes import DependencyUnavailable

from .. import clients
from ..errors import ClockIsFixed, ClockRunsForward, ClockTooFarAhead

# Source: assumed; a year and a month of daily jobs are run while somebody waits.
_FARTHEST = timedelta(days=400)


async def move_clock(
    path: Path | None, to: datetime, client: httpx.AsyncClient, followers: Sequence[str]
) -> datetime:
    """Move the clock of the whole platform forward, and tell what time it then is.

    It stops wherever a job is due, until the services that follow it have run it. The first
    setting may lie in the past: there is nothing on the way, and jobs begin there.
    Raises: ClockRunsForward; ClockTooFarAhead; ClockIsFixed where no file holds the clock, as in
    production; DependencyUnavailable where a job fails, and the clock stays at its instant.
    """
    if path is None:
        raise ClockIsFixed
    if to > clock.now() + _FARTHEST:
        raise ClockTooFarAhead
    if to >= clock.now():
        await _stop_at_jobs(path, to, client, followers)
    _move(path, to)
    # Upkeep has not stopped the clock, and a clock set back has jobs begin there.
    for follower in followers:
        await clients.run_jobs(client, follower)
    return clock.now()


async def _stop_at_jobs(
    path: Path, to: datetime, client: httpx.AsyncClient, followers: Sequence[str]
) -> None:
    """Move the clock to each instant on the way at which a job is due, and let it run."""
    asked = {it: await clients.next_job(client, it) for it in followers}
    waiting = {it: due for it, due in asked.items() if due is not None}
    while waiting and (stop := min(waiting.values())) <= to:
        # What is late already is run where the clock stands.
        if stop > clock.now():
            _move(path, stop)
        for follower in [it for it, due in waiting.items() if due == stop]:
            due = await clients.run_jobs(client, follower)
            if due is None or due <= stop:
                # It does not see the clock we set.
                raise DependencyUnavailable
            waiting[follower] = due


def _move(path: Path, to: datetime) -> None:
    try:
        clock.move(path, to)
    except clock.ClockMovesForward as why:
        raise ClockRunsForward from why
    except clock.ClockIsReal as why:
        raise ClockIsFixed from why
