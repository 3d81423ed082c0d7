"""Service hours: at each edge of a day, and of a maintenance."""

from datetime import datetime, time, timedelta

import pytest

from libs.common.dates import BusinessHours
from services.identity.domain.service_hours import Maintenance, Standing, answering, taking_in

_HOURS = BusinessHours(time(9), time(17, 30))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


@pytest.mark.parametrize(
    ("now", "status", "changes_at"),
    [
        ("2026-11-20T08:59:59", "CLOSED", "2026-11-20T09:00"),
        ("2026-11-20T09:00", "OPEN", "2026-11-20T17:30"),
        ("2026-11-20T17:29:59", "OPEN", "2026-11-20T17:30"),
        # A Friday evening before a Monday that is a holiday.
        ("2026-11-20T17:30", "CLOSED", "2026-11-24T09:00"),
        ("2026-11-22T12:00", "CLOSED", "2026-11-24T09:00"),
    ],
)
def test_filings_are_taken_in_on_business_days(now: str, status: str, changes_at: str) -> None:
    """Given the hours of an office, when it is some moment, then it is open or opens next time."""
    standing = taking_in(_at(now), _HOURS)

    assert (standing.status, standing.changes_at) == (status, _at(changes_at))


def test_requests_are_answered_but_for_maintenance() -> None:
    """Given an announced maintenance, when it begins and ends, then the status says so."""
    begins, ends = _at("2026-11-21T22:00"), _at("2026-11-22T02:00")
    planned = [Maintenance(begins, ends)]
    moment = timedelta(seconds=1)

    assert answering(begins - moment, planned) == Standing("OPEN", begins)
    assert answering(begins, planned) == Standing("MAINTENANCE", ends)
    assert answering(ends - moment, planned) == Standing("MAINTENANCE", ends)
    assert answering(ends, planned) == Standing("OPEN", None)
