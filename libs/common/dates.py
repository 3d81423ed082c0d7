"""The calendar of the trade: days, months and business days in Japan, and when a paper counts."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

JAPAN = ZoneInfo("Asia/Tokyo")

_ONE_DAY = timedelta(days=1)
_FISCAL_YEAR_STARTS_IN = 4
# Offices rest over the turn of the year, although the law names only 1 January.
_YEAR_END = {(12, 31), (1, 2), (1, 3)}


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """The hours in which papers are taken in (営業時間), in Japan; `closes` is already outside."""

    opens: time
    closes: time


def today_in_japan(instant: datetime) -> date:
    """Tell which day it is in Japan at an instant."""
    return instant.astimezone(JAPAN).date()


def add_months(day: date, months: int) -> date:
    """Go months ahead or back; where the month is too short, to its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_end(day: date) -> date:
    """Find the last day of a day's month (月末)."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def fiscal_year(day: date) -> int:
    """Name a day's fiscal year (年度) by the year in which its April lies."""
    return day.year if day.month >= _FISCAL_YEAR_STARTS_IN else day.year - 1


@lru_cache(maxsize=4096)
def is_business_day(day: date) -> bool:
    """Tell whether offices work that day (営業日): no weekend, holiday or turn of the year.

    Source: national holidays as in the library `holidays`; 31 December to 3 January: assumed,
    as banks do.
    """
    return day.weekday() < 5 and (day.month, day.day) not in _YEAR_END and not _is_holiday(day)


def next_business_day(day: date) -> date:
    """Find the first business day after a day (翌営業日)."""
    following = day + _ONE_DAY
    while not is_business_day(following):
        following += _ONE_DAY
    return following


def last_business_days(day: date, count: int) -> tuple[date, ...]:
    """List the last business days of a day's month, earliest first."""
    last = month_end(day)
    days = [last - n * _ONE_DAY for n in range(last.day)]
    return tuple(reversed([day for day in days if is_business_day(day)][:count]))


def deemed_receipt(instant: datetime, hours: BusinessHours) -> datetime:
    """Tell when a paper counts as received (受理みなし): at once, or when offices next open.

    Source: domain notes, ledger §3.1 (receipt time) and A26.
    """
    arrived = instant.astimezone(JAPAN)
    day, clock = arrived.date(), arrived.time()
    if is_business_day(day) and hours.opens <= clock < hours.closes:
        return instant
    if not is_business_day(day) or clock >= hours.closes:
        day = next_business_day(day)
    return datetime.combine(day, hours.opens, JAPAN)


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("JP", years=year))


def _is_holiday(day: date) -> bool:
    return day in _holidays_of(day.year)
