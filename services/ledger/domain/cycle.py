"""The calendar of the cycle: on which days ledgers are published, and which days they cover."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from libs.common.dates import last_business_days, month_end

_ONE_DAY = timedelta(days=1)
_LONGEST_MONTH = 31
_LOOK_BACK_DAYS = 366


@dataclass(frozen=True, slots=True)
class Plan:
    """The days on which an office publishes one kind of ledger (送付日程).

    Units:  `weekdays` from 1 for Monday; of `days_of_month` 31 is the month's end, however long
            it is; `business_days_from_end` from 1 for the month's last business day.
    Source: dated rows of `cycle_calendars`; `sample` if they are only assumed.
    """

    weekdays: Collection[int]
    days_of_month: Collection[int]
    business_days_from_end: Collection[int]
    sample: bool


def is_due(plan: Plan, day: date) -> bool:
    """Tell whether a ledger is published that day; a holiday does not put it off.

    Source: ledger notes §2.4 and §2.6, A27.
    """
    return (
        day.isoweekday() in plan.weekdays
        or day.day in plan.days_of_month
        or (day == month_end(day) and _LONGEST_MONTH in plan.days_of_month)
        or any(_nth_last(day, n) == day for n in plan.business_days_from_end)
    )


def never_comes(plan: Plan) -> bool:
    """Tell whether a plan names no day at all."""
    return not (plan.weekdays or plan.days_of_month or plan.business_days_from_end)


def covered_from(plan: Plan, day: date, last_to_on: date | None) -> date:
    """Find the first day a check ledger covers that is published on a day and ends the day before.

    It begins where the plan's last one was published, or after the last one that really was.

    Source: ledger notes §2.4: from Wednesday to Tuesday.
    """
    before = (day - n * _ONE_DAY for n in range(1, _LOOK_BACK_DAYS))
    planned = next((it for it in before if is_due(plan, it)), day - _ONE_DAY)
    return planned if last_to_on is None else max(planned, last_to_on + _ONE_DAY)


def month_of(day: date) -> str:
    """Name the month that is closed on a day: `2026-12`."""
    return f"{day:%Y-%m}"


def _nth_last(day: date, n: int) -> date:
    return last_business_days(day, n)[0]
