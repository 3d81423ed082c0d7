"""Moving the business clock (業務時計)."""

from datetime import datetime
from pathlib import Path

from libs.common import clock

from ..errors import ClockIsFixed, ClockRunsForward


def move_clock(path: Path | None, to: datetime) -> datetime:
    """Move the clock of the whole platform forward, and tell what time it then is.

    Raises: ClockRunsForward; ClockIsFixed where no file holds the clock, as in production.
    """
    if path is None:
        raise ClockIsFixed
    try:
        clock.move(path, to)
    except clock.ClockMovesForward as why:
        raise ClockRunsForward from why
    except clock.ClockIsReal as why:
        raise ClockIsFixed from why
    return clock.now()
