"""Allowances: how much may be handed in on one day in Japan, before the next one begins."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from libs.common.dates import JAPAN, today_in_japan


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many files one sender, and how many bytes all of a company, may hand in on a day."""

    files_of_a_sender: int
    bytes_of_a_company: int


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What was handed in on a day so far."""

    files_of_the_sender: int
    bytes_of_the_company: int


def is_exceeded(allowance: Allowance, so_far: HandedIn, size: int) -> bool:
    """Tell whether one more file of this size is too much.

    Source: security notes §5.
    """
    return (
        so_far.files_of_the_sender >= allowance.files_of_a_sender
        or so_far.bytes_of_the_company + size > allowance.bytes_of_a_company
    )


def day_of(instant: datetime) -> tuple[datetime, datetime]:
    """Give the instants at which the day in Japan began, and at which it ends."""
    began = datetime.combine(today_in_japan(instant), time(), JAPAN)
    return began, began + timedelta(days=1)
