"""Facts claims tells the others."""

from datetime import date

from pydantic import BaseModel

from libs.common.events import Event
from libs.common.money import Money

from .domain.loss_notice import NoticeKind


class LossNoticeFact(BaseModel):
    """What every fact about a loss notice says of it.

    `received_on` is the business day on which it counts as received; before shipment nothing is
    due.
    """

    loss_notice_id: str
    incident_id: str
    reference: str
    kind: NoticeKind
    policyholder_code: str
    policy_number: str
    branch_number: str
    buyer_code: str
    due_on: date | None
    deadline_on: date
    received_on: date
    unpaid: Money
    cause: str


class LossNoticeSubmitted(
    LossNoticeFact, Event, type="claims.loss_notice.submitted.v1", key="loss_notice_id"
):
    """A loss was notified (損失等発生通知)."""


class LossNoticeWithdrawn(
    LossNoticeFact, Event, type="claims.loss_notice.withdrawn.v1", key="loss_notice_id"
):
    """A loss notice was taken back (損失等発生通知の取下げ)."""

    withdrawn_on: date
