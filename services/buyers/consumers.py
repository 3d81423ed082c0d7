"""Facts buyers hears, and the act each one leads to."""

from datetime import date

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import clock
from libs.common.database import PLATFORM, act_for
from libs.common.events import Event
from libs.common.inbox import Inbox

from .actions import ratings, uses

inbox = Inbox("buyers.inbox")


class AppliedHistory(BaseModel):
    """What we need of one contract history: whom it names, and since when."""

    policy_number: str
    received_on: date
    payer_code: str
    guarantor_code: str | None = None
    sales_counterparty_code: str

    @property
    def buyer_codes(self) -> set[str]:
        """Everybody in the register this contract relies on."""
        named = (self.payer_code, self.sales_counterparty_code, self.guarantor_code)
        return {code for code in named if code}


class ContractsApplied(Event, type="ledger.contracts.applied.v1", key="bucket"):
    """What we need of applied contracts (申込台帳の受理): which buyers they use."""

    bucket: int
    histories: list[AppliedHistory]


class LossNoticeSubmitted(Event, type="claims.loss_notice.submitted.v1", key="loss_notice_id"):
    """What we need of a notified loss (損失等発生通知): whom it names, and since when."""

    loss_notice_id: str
    buyer_code: str
    received_on: date


class LossNoticeWithdrawn(Event, type="claims.loss_notice.withdrawn.v1", key="loss_notice_id"):
    """What we need of a notice that was taken back (取下げ)."""

    loss_notice_id: str
    buyer_code: str
    withdrawn_on: date


@inbox.on
async def note_uses(tx: AsyncSession, fact: ContractsApplied) -> None:
    """A contract applied for uses its payer, its counterparty and its guarantor."""
    used: dict[str, tuple[date, str]] = {}
    for history in sorted(fact.histories, key=lambda it: it.received_on):
        for code in history.buyer_codes:
            used[code] = (history.received_on, history.policy_number)
    await uses.note_uses(tx, used)


@inbox.on_as_staff
async def lower_rating(tx: AsyncSession, fact: LossNoticeSubmitted) -> None:
    """A buyer somebody notifies a loss on is in an accident class for everybody."""
    await act_for(tx, PLATFORM)
    loss = ratings.Loss(fact.loss_notice_id, fact.buyer_code, fact.received_on)
    await ratings.note_loss(tx, loss, clock.now())


@inbox.on_as_staff
async def restore_rating(tx: AsyncSession, fact: LossNoticeWithdrawn) -> None:
    """A notice that is taken back lets go of the buyer it named."""
    await act_for(tx, PLATFORM)
    loss = ratings.Loss(fact.loss_notice_id, fact.buyer_code, fact.withdrawn_on)
    await ratings.forget_loss(tx, loss, clock.now())
