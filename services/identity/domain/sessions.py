"""Sessions (セッション): how long they last, and what a second use of a token means."""

from datetime import datetime, timedelta
from enum import Enum

# Source: security notes §3.6.
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
MOST_PER_USER = 5
_IN_PROGRESS = timedelta(seconds=10)


class Reuse(Enum):
    """What it means that a refresh token comes a second time."""

    TWIN = "two requests of one browser crossed"
    THEFT = "somebody else has used it"


def is_over(started_at: datetime, last_used_at: datetime, now: datetime) -> bool:
    """Tell whether a session has ended by time: unused too long, or too old."""
    return now - last_used_at > IDLE or now - started_at > LONGEST


def judge_reuse(used_at: datetime, now: datetime) -> Reuse:
    """Judge the second use of a refresh token by how long ago the first was."""
    return Reuse.TWIN if now - used_at <= _IN_PROGRESS else Reuse.THEFT
