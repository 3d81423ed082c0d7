"""`/clock`: staff set the business clock of a platform that is not in production."""

from fastapi import Request

from libs.common.answers import may_answer
from libs.common.problem_codes import DependencyUnavailable
from libs.common.routing import Router
from libs.common.security import requires
from libs.common.wire import Input, Instant, Output

from ..actions import clock
from ..errors import ClockIsFixed, ClockRunsForward, ClockTooFarAhead

staff_router = Router(tags=["clock"], dependencies=[requires("ops:clock:write")])


class ClockSetting(Input):
    """The instant it shall be."""

    now: Instant


class Clock(Output):
    """The instant it is, for the trade."""

    now: Instant


@staff_router.put(
    "/clock",
    responses=may_answer(ClockRunsForward, ClockTooFarAhead, ClockIsFixed, DependencyUnavailable),
    openapi_extra={"x-summary-ja": "業務時計の設定"},
)
async def replace_clock(setting: ClockSetting, request: Request) -> Clock:
    """Move the business clock (業務時計) forward, running every job due in between, in order.

    Tokens keep living by real time. A job that fails leaves the clock at its instant: try again.
    """
    state = request.app.state
    followers = state.settings.clock_followers
    now = await clock.move_clock(state.settings.clock_file, setting.now, state.http, followers)
    return Clock(now=now)
