"""Where a loss notice stands (手続の状態), and what may be done with it there.

Source: API notes §2, the states of every filing.
"""

from enum import StrEnum


class NoticeStatus(StrEnum):
    """The states of a filing; from the review to its end they are the insurer's to decide."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    IN_REVIEW = "IN_REVIEW"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class NoticeAction(StrEnum):
    """What its policyholder may do with a filing."""

    UPDATE = "UPDATE"
    SUBMIT = "SUBMIT"
    DELETE = "DELETE"
    WITHDRAW = "WITHDRAW"
    COPY = "COPY"


_ALLOWED = {
    NoticeStatus.DRAFT: (NoticeAction.UPDATE, NoticeAction.SUBMIT, NoticeAction.DELETE),
    NoticeStatus.SUBMITTED: (NoticeAction.WITHDRAW,),
    NoticeStatus.IN_REVIEW: (NoticeAction.WITHDRAW,),
    NoticeStatus.RETURNED: (NoticeAction.UPDATE, NoticeAction.SUBMIT, NoticeAction.WITHDRAW),
}

OPEN = (
    NoticeStatus.SUBMITTED,
    NoticeStatus.IN_REVIEW,
    NoticeStatus.RETURNED,
    NoticeStatus.ACCEPTED,
)
"""A notice that stands: what it tells of cannot be told a second time."""


def allowed(status: NoticeStatus) -> tuple[NoticeAction, ...]:
    """List what may be done with a filing; any can be copied into a new draft."""
    return (*_ALLOWED.get(status, ()), NoticeAction.COPY)
