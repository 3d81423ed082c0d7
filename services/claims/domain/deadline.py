"""Deadlines of loss notices (通知期限): counted in days, from dated rows."""

from dataclasses import dataclass
from datetime import date, timedelta

from libs.common.dates import is_business_day, next_business_day


@dataclass(frozen=True, slots=True)
class Period:
    """A number of days out of the rulebook; `sample` when nobody has published it."""

    days: int
    sample: bool


def deadline_after(day: date, period: Period) -> date:
    """Find the last day on which a notice may be filed (通知期限).

    The day itself is not counted; a last day on which offices rest moves to the next business day.
    Source: domain notes §6.1 (days, from which day); the rest: assumed, as the Civil Code (§140,
    §142) counts periods.
    """
    last = day + timedelta(days=period.days)
    return last if is_business_day(last) else next_business_day(last)


def days_late(received_on: date, deadline_on: date) -> int:
    """Count the days by which a notice is late; none or less when it is in time."""
    return (received_on - deadline_on).days
