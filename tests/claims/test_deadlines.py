"""Until when a loss must be notified, and what one day more means."""

from datetime import date

import pytest

from services.claims.domain.deadline import Period, days_late, deadline_after

FORTY_FIVE = Period(45, sample=False)


def test_a_notice_has_forty_five_days() -> None:
    """Given a payment due on 6 October, when its deadline is counted, then it is 20 November."""
    assert deadline_after(date(2026, 10, 6), FORTY_FIVE) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("due_on", "deadline_on"),
    [
        (date(2026, 10, 7), date(2026, 11, 24)),  # Saturday, Sunday, then Labour Thanksgiving Day
        (date(2026, 11, 16), date(2027, 1, 4)),  # New Year's Eve to 3 January, a Sunday
        (date(2027, 3, 19), date(2027, 5, 6)),  # Constitution Day begins three days of rest
    ],
)
def test_a_last_day_of_rest_moves_to_the_next_business_day(due_on: date, deadline_on: date) -> None:
    """Given a 45th day on which offices rest, when counted, then the next business day is it."""
    assert deadline_after(due_on, FORTY_FIVE) == deadline_on


def test_days_of_rest_in_between_count() -> None:
    """Given days of rest within the period, when counted, then the 45th day stays the 45th."""
    assert deadline_after(date(2026, 4, 24), FORTY_FIVE) == date(2026, 6, 8)


@pytest.mark.parametrize(
    ("received_on", "late"),
    [(date(2026, 11, 19), -1), (date(2026, 11, 20), 0), (date(2026, 11, 24), 4)],
)
def test_lateness_is_counted_from_the_deadline(received_on: date, late: int) -> None:
    """Given a deadline, when a notice is received, then the days after it are counted."""
    assert days_late(received_on, date(2026, 11, 20)) == late
