"""A part of the access history that may be taken away: in order, and of twelve months at most."""

from datetime import datetime

import pytest

from services.identity.domain.history import is_exportable


@pytest.mark.parametrize(
    ("begins", "ends", "may_be"),
    [
        ("2025-01-01T00:00:00+09:00", "2025-01-01T00:00:00+09:00", True),
        ("2025-01-01T00:00:00+09:00", "2024-12-31T23:59:59+09:00", False),
        ("2025-01-01T00:00:00+09:00", "2026-01-01T00:00:00+09:00", True),
        ("2025-01-01T00:00:00+09:00", "2026-01-01T00:00:01+09:00", False),
        ("2027-04-01T00:00:00+09:00", "2028-04-01T00:00:00+09:00", True),
        ("2028-02-29T12:00:00+09:00", "2029-02-28T12:00:00+09:00", True),
        ("2028-02-29T12:00:00+09:00", "2029-03-01T12:00:00+09:00", False),
        ("9999-01-01T00:00:00Z", "9999-01-02T00:00:00Z", False),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", False),
        # In Japan it is the 29th already.
        ("2028-02-28T16:00:00Z", "2029-02-27T16:00:00Z", True),
        ("2028-02-28T16:00:00Z", "2029-02-27T16:00:01Z", False),
    ],
)
def test_a_span_is_twelve_months_at_most(begins: str, ends: str, may_be: bool) -> None:  # noqa: FBT001
    """Given a span at the edge of twelve months, when it is judged, then the calendar decides."""
    span = (datetime.fromisoformat(begins), datetime.fromisoformat(ends))

    assert is_exportable(*span) is may_be
