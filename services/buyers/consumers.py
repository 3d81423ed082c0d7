"""Facts buyers hears, and the act each one leads to."""

from datetime import date

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import Event
from libs.common.inbox import Inbox

from . import actions

inbox = Inbox("buyers.inbox")


class AppliedHistory(BaseModel):
    """What we need of one contract history: whom it names, and since when."""

    policy_number: str
    received_on: date
    payer_code: str
    guarantor_code: str | None
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


@inbox.on
async def note_uses(tx: AsyncSession, fact: ContractsApplied) -> None:
    """A contract applied for uses its payer, its counterparty and its guarantor."""
    uses: dict[str, tuple[date, str]] = {}
    for history in sorted(fact.histories, key=lambda it: (it.received_on, it.policy_number)):
        for code in history.buyer_codes:
            uses[code] = (history.received_on, history.policy_number)
    await actions.note_uses(tx, uses)
