"""`/clock`: staff set the business clock of a platform that is not in production."""

from fastapi import Request

from libs.common.answers import may_answer
from libs.common.routing import Router
from libs.common.security import requires
from libs.common.wire import Input, Instant, Output

from ..actions import clock
from ..errors import ClockIsFixed, ClockRunsForward

staff_router = Router(tags=["clock"], dependencies=[requires("ops:clock:write")])


class ClockSetting(Input):
    """The instant it shall be."""

    now: Instant


class Clock(Output):
    """The instant it is, for the trade."""

    now: Instant


@staff_router.put(
    "/clock",
    responses=may_answer(ClockRunsForward, ClockIsFixed),
    openapi_extra={"x-summary-ja": "業務時計の設定"},
)
async def replace_clock(setting: ClockSetting, request: Request) -> Clock:
    """Move the business clock (業務時計) forward; tokens keep living by real time."""
    return Clock(now=clock.move_clock(request.app.state.settings.clock_file, setting.now))
