"""How a request for approval stands: what was decided, and what time has made of it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain.approvals import LIFE, may_approve, standing

_ASKED = datetime(2026, 8, 25, 1, 15, tzinfo=UTC)
_EXPIRES = _ASKED + LIFE
_IN_FORCE = _ASKED + timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


def test_a_request_waits_seven_days() -> None:
    """Given a request, when it expires, then that is seven days after it was made."""
    assert timedelta(days=7) == LIFE


@pytest.mark.parametrize(
    ("status", "effective_at", "now", "stands"),
    [
        ("PENDING", None, _EXPIRES - _INSTANT, "PENDING"),
        ("PENDING", None, _EXPIRES, "EXPIRED"),
        ("APPROVED", _IN_FORCE, _IN_FORCE - _INSTANT, "APPROVED"),
        ("APPROVED", _IN_FORCE, _IN_FORCE, "ACTIVE"),
        ("APPROVED", _IN_FORCE, _EXPIRES, "ACTIVE"),
        ("REJECTED", None, _EXPIRES, "REJECTED"),
        ("CANCELLED", _IN_FORCE, _EXPIRES, "CANCELLED"),
    ],
)
def test_time_ends_what_waits_and_begins_what_was_approved(
    status: str, effective_at: datetime | None, now: datetime, stands: str
) -> None:
    """Given a decision, or none, when an instant comes, then the request stands as it must."""
    assert standing(status, _EXPIRES, effective_at, now) == stands


@pytest.mark.parametrize(
    ("user_id", "trusted_from", "may_decide"),
    [
        ("second", _ASKED, True),
        ("second", _ASKED + _INSTANT, False),
        ("first", _ASKED - LIFE, False),
    ],
)
def test_who_asked_or_is_new_in_the_office_does_not_decide(
    user_id: str, trusted_from: datetime, *, may_decide: bool
) -> None:
    """Given an administrator, when they would decide, then neither their own nor as a newcomer."""
    assert may_approve(user_id, trusted_from, "first", _ASKED) is may_decide
