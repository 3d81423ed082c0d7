"""Where a loss notice stands (手続の状態), and what may be done with it there.

Source: API notes §2, the states of every filing.
"""

from enum import StrEnum


class Status(StrEnum):
    """The states of a filing."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    IN_REVIEW = "IN_REVIEW"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class Action(StrEnum):
    """What its policyholder may do with a filing."""

    UPDATE = "UPDATE"
    SUBMIT = "SUBMIT"
    DELETE = "DELETE"
    WITHDRAW = "WITHDRAW"
    COPY = "COPY"


_ALLOWED = {
    Status.DRAFT: (Action.UPDATE, Action.SUBMIT, Action.DELETE),
    Status.SUBMITTED: (Action.WITHDRAW,),
    Status.IN_REVIEW: (Action.WITHDRAW,),
    Status.RETURNED: (Action.UPDATE, Action.SUBMIT, Action.WITHDRAW),
}

OPEN = (Status.SUBMITTED, Status.IN_REVIEW, Status.RETURNED, Status.ACCEPTED)
"""A notice that stands: what it tells of cannot be told a second time."""


def allowed(status: Status) -> tuple[Action, ...]:
    """List what may be done with a filing; any can be copied into a new draft."""
    return (*_ALLOWED.get(status, ()), Action.COPY)
