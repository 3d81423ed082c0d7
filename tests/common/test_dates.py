"""Months are clamped, offices rest when Japan rests, and late papers count from the opening."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from libs.common.dates import (
    JAPAN,
    BusinessHours,
    add_months,
    deemed_receipt,
    fiscal_year,
    is_business_day,
    last_business_days,
    month_end,
    next_business_day,
    today_in_japan,
)

HOURS = BusinessHours(opens=time(9), closes=time(17, 30))
days = some.dates(date(1990, 1, 1), date(2090, 12, 31))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of April 2026, told in Japan's time."""
    return datetime(2026, 4, day, hour, minute, tzinfo=JAPAN)


@given(days, some.integers(-240, 240))
def test_months_there_and_back_lose_at_most_the_end_of_the_month(day: date, months: int) -> None:
    """Given any day, when months are added and taken, then only a day past 28 may have moved."""
    back = add_months(add_months(day, months), -months)

    assert (back.year, back.month) == (day.year, day.month)
    assert back == day or (back.day < day.day and day.day > 28)


@given(days)
def test_the_next_business_day_is_the_first_one(day: date) -> None:
    """Given any day, when the next business day is sought, then none lies in between."""
    following = next_business_day(day)

    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, following.toordinal())]
    assert is_business_day(following)
    assert not any(is_business_day(skipped) for skipped in between)


def test_a_month_after_the_31st_ends_with_the_shorter_month() -> None:
    """Given 31 January, when a month is added, then it is the last of February, leap or not."""
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert month_end(date(2028, 2, 1)) == date(2028, 2, 29)


def test_the_fiscal_year_turns_on_the_first_of_april() -> None:
    """Given the last of March and the first of April, then two fiscal years meet."""
    assert fiscal_year(date(2026, 3, 31)) == 2025
    assert fiscal_year(date(2026, 4, 1)) == 2026


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 12, 30), True),
        (date(2026, 12, 31), False),
        (date(2029, 1, 3), False),
        (date(2029, 1, 4), True),
        (date(2026, 5, 6), False),  # a substitute for Constitution Day, which fell on a Sunday
        (date(2026, 4, 4), False),
        (date(2026, 4, 6), True),
    ],
)
def test_offices_rest_on_weekends_holidays_and_the_turn_of_the_year(
    day: date, *, works: bool
) -> None:
    """Given a day, when asked, then offices work unless Japan rests."""
    assert is_business_day(day) is works


def test_the_last_business_days_of_a_month_skip_its_weekend() -> None:
    """Given May 2026 that ends on a Sunday, when its last two are sought, then Thursday, Friday."""
    assert last_business_days(date(2026, 5, 1), 2) == (date(2026, 5, 28), date(2026, 5, 29))


def test_japan_is_nine_hours_ahead() -> None:
    """Given 15:00 in Greenwich, when asked for the day, then in Japan it is tomorrow."""
    assert today_in_japan(datetime(2026, 4, 1, 14, 59, tzinfo=UTC)) == date(2026, 4, 1)
    assert today_in_japan(datetime(2026, 4, 1, 15, 0, tzinfo=UTC)) == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("arrived", "counts"),
    [
        (at(1, 9), at(1, 9)),
        (at(1, 17, 29), at(1, 17, 29)),
        (at(1, 17, 30), at(2, 9)),
        (at(1, 8, 59), at(1, 9)),
        (at(3, 18), at(6, 9)),
        (at(4, 10), at(6, 9)),
        (at(28, 20), at(30, 9)),  # Showa Day lies between
    ],
)
def test_a_paper_after_hours_counts_from_the_next_opening(
    arrived: datetime, counts: datetime
) -> None:
    """Given an arrival, when outside business hours, then it counts from the next opening."""
    assert deemed_receipt(arrived, HOURS) == counts
    assert deemed_receipt(arrived.astimezone(UTC), HOURS) == counts
