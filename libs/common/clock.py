"""The business clock (業務時計): what day it is for the trade, which a test profile may set.

Tokens, one-time passwords, throttles and event times never ask it; they use real time.
"""

import json
import os
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends

from .dates import today_in_japan

_REAL_TIME = timedelta(0)


class ClockMovesForward(ValueError):
    """The business clock was asked to go back."""


class ClockIsReal(RuntimeError):
    """In production the business clock is the real one, and no file may set it."""


def now() -> datetime:
    """Tell the instant it is for the trade, in UTC."""
    path = os.environ.get("MOYAI_CLOCK_FILE")
    return datetime.now(UTC) + (_offset(Path(path)) if path else _REAL_TIME)


def today() -> date:
    """Tell the business date in Japan (業務日付)."""
    return today_in_japan(now())


async def _today() -> date:
    return today()


async def _now() -> datetime:
    return now()


Today = Annotated[date, Depends(_today)]
"""An endpoint's parameter: the business date in Japan."""

Now = Annotated[datetime, Depends(_now)]
"""An endpoint's parameter: the business instant in UTC."""


def move(path: Path, to: datetime) -> None:
    """Set the clock that `path` holds, from where it flows on; never back.

    The instant it was set to last may be asked for again: it has been, and the clock flows on.
    Raises: ClockMovesForward, ClockIsReal.
    """
    _refuse_in_production()
    real = datetime.now(UTC)
    wish = to.astimezone(UTC).isoformat()
    # A platform on which nothing has happened yet may begin on any day.
    if path.exists() and to < real + _offset(path):
        if json.loads(path.read_text(encoding="ascii"))["now"] == wish:
            return
        raise ClockMovesForward
    setting = {"now": wish, "set_at": real.isoformat()}
    # Readers in other processes must find the old setting or the new one, never half of one.
    half_written = path.with_suffix(".new")
    half_written.write_text(json.dumps(setting), encoding="ascii")
    half_written.replace(path)


def _refuse_in_production() -> None:
    if os.environ.get("MOYAI_PROFILE") == "production":
        raise ClockIsReal


def _offset(path: Path) -> timedelta:
    _refuse_in_production()
    try:
        found = path.stat()
    except FileNotFoundError:
        return _REAL_TIME
    return _read(path, found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=1)
def _read(path: Path, changed_at_ns: int, inode: int) -> timedelta:
    setting = json.loads(path.read_text(encoding="ascii"))
    return datetime.fromisoformat(setting["now"]) - datetime.fromisoformat(setting["set_at"])
