"""The calendar of the cycle: which days ledgers are published on, and which days they cover."""

from datetime import date, timedelta

import pytest

from services.ledger.domain.cycle import Plan, covered_from, is_due, month_of

HEAD_OFFICE = Plan(weekdays=[3], days_of_month=[], business_days_from_end=[], sample=False)
OSAKA = Plan(weekdays=[], days_of_month=[10, 20, 31], business_days_from_end=[], sample=True)
MONTH_END = Plan(weekdays=[], days_of_month=[], business_days_from_end=[1], sample=False)
WEDNESDAY = date(2026, 8, 26)
ONE_DAY = timedelta(days=1)


def test_the_head_office_checks_on_wednesdays() -> None:
    """Given a plan of Wednesdays, when a week is walked, then that day alone is due."""
    week = [WEDNESDAY + n * ONE_DAY for n in range(-2, 5)]

    assert [day for day in week if is_due(HEAD_OFFICE, day)] == [WEDNESDAY]


def test_a_holiday_does_not_put_a_ledger_off() -> None:
    """Given a Wednesday that is a holiday, when it comes, then its ledger is due all the same."""
    showa_day = date(2026, 4, 29)

    assert is_due(HEAD_OFFICE, showa_day)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 8, 9), False),
        (date(2026, 8, 10), True),
        (date(2026, 8, 20), True),
        (date(2026, 8, 30), False),
        (date(2026, 8, 31), True),
        (date(2026, 9, 29), False),
        (date(2026, 9, 30), True),
        (date(2027, 2, 28), True),
        (date(2028, 2, 28), False),
        (date(2028, 2, 29), True),
    ],
)
def test_osaka_checks_on_days_of_the_month(day: date, due: bool) -> None:  # noqa: FBT001
    """Given the 10th, the 20th and the month's end, when a day comes, then only those are due."""
    assert is_due(OSAKA, day) is due


@pytest.mark.parametrize(
    ("last", "after"),
    [
        (date(2026, 8, 31), date(2026, 9, 1)),  # a Monday that ends its month
        (date(2026, 10, 30), date(2026, 10, 31)),  # a Friday before a weekend
        (date(2026, 12, 30), date(2026, 12, 31)),  # offices rest at the turn of the year
        (date(2027, 5, 31), date(2027, 6, 1)),
    ],
)
def test_the_month_is_closed_on_its_last_business_day(last: date, after: date) -> None:
    """Given the last business day, when the days around it come, then it alone is due."""
    assert is_due(MONTH_END, last)
    assert not is_due(MONTH_END, last - ONE_DAY)
    assert not is_due(MONTH_END, after)


def test_the_month_may_be_closed_a_day_earlier() -> None:
    """Given a plan of the last day but one, when a holiday lies between, then it is skipped."""
    day_before = Plan([], [], business_days_from_end=[2], sample=False)

    # 30 April is the last, and 29 April a holiday.
    assert is_due(day_before, date(2026, 4, 28))
    assert not is_due(day_before, date(2026, 4, 29))
    assert not is_due(day_before, date(2026, 4, 30))


def test_a_check_ledger_covers_from_wednesday_to_tuesday() -> None:
    """Given no ledger yet, when one is published, then it begins where the last one would have."""
    assert covered_from(HEAD_OFFICE, WEDNESDAY, None) == date(2026, 8, 19)


def test_a_check_ledger_begins_after_the_one_that_staff_published() -> None:
    """Given one that covers until Friday, when Wednesday comes, then it begins on Saturday."""
    assert covered_from(HEAD_OFFICE, WEDNESDAY, date(2026, 8, 21)) == date(2026, 8, 22)


def test_weeks_without_a_ledger_do_not_make_the_next_one_longer() -> None:
    """Given a last one of long ago, when the next is published, then it covers its own week."""
    assert covered_from(HEAD_OFFICE, WEDNESDAY, date(2026, 6, 2)) == date(2026, 8, 19)


def test_osaka_covers_from_the_day_it_published_last() -> None:
    """Given Osaka's days, when a month ends, then its ledger begins on the 20th."""
    assert covered_from(OSAKA, date(2026, 8, 31), None) == date(2026, 8, 20)
    assert covered_from(OSAKA, date(2026, 9, 10), date(2026, 8, 30)) == date(2026, 8, 31)


def test_a_plan_without_days_covers_the_day_before() -> None:
    """Given a plan that names no day, when staff publish, then the day before is covered."""
    nothing = Plan([], [], [], sample=True)

    assert not is_due(nothing, WEDNESDAY)
    assert covered_from(nothing, WEDNESDAY, None) == date(2026, 8, 25)


def test_months_are_named_by_year_and_month() -> None:
    """Given a day, when its month is named, then as in `2026-08`."""
    assert month_of(WEDNESDAY) == "2026-08"
