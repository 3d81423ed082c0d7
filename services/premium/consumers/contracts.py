"""Contracts that were applied for get their premiums (保険料の算定)."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import clock
from libs.common.events import Event
from libs.common.money import Money, Ratio

from ..actions import assessments
from ..domain.contract import Contract, History
from ..domain.period import Settlement, UsanceUnit
from ..domain.tariff import Phase
from .root import inbox

# Ledgers belong to comprehensive agreements. Source: domain notes §0.6.
_PRODUCT = "COMPREHENSIVE"
_COUNTRY_ROLES = ("destination_country", "payment_country", "guarantee_country")


class AppliedSettlement(BaseModel):
    """What we need of one settlement of a contract: how long it runs."""

    slot: int
    settlement_method: str
    usance_unit: UsanceUnit | None = None
    usance_period: int | None = None
    due_date: date | None = None

    def settlement(self) -> Settlement:
        """Give it in the words of the rules."""
        return Settlement(
            self.slot,
            self.settlement_method,
            self.usance_unit,
            self.usance_period,
            self.due_date,
        )


class AppliedHistory(BaseModel):
    """What we need of one contract history: everything its premium is made of."""

    policy_number: str
    branch_number: str
    history_number: str
    revision: int
    agreement_code: str
    contract_date: date
    last_shipment_date: date
    currency: str
    pre_shipment_amount: Decimal | None = None
    post_shipment_amount: Decimal | None = None
    exchange_rate: Decimal | None = None
    destination_country: str
    payment_country: str
    guarantee_country: str | None = None
    settlements: list[AppliedSettlement]
    status: str

    def history(self, bucket: int) -> History:
        """Give it in the words of the rules."""
        return History(
            self.policy_number,
            self.branch_number,
            self.history_number,
            self.revision,
            self.agreement_code,
            bucket,
            self._contract(),
        )

    def _contract(self) -> Contract:
        countries = {role: getattr(self, role) for role in _COUNTRY_ROLES}
        return Contract(
            insured_from=self.contract_date,
            last_shipment=self.last_shipment_date,
            amounts={
                Phase.PRE_SHIPMENT: self._insured(self.pre_shipment_amount),
                Phase.POST_SHIPMENT: self._insured(self.post_shipment_amount),
            },
            quoted_rate=None if self.exchange_rate is None else Ratio(self.exchange_rate),
            countries={role: code for role, code in countries.items() if code},
            settlements=tuple(it.settlement() for it in self.settlements),
            product=_PRODUCT,
        )

    def _insured(self, amount: Decimal | None) -> Money:
        # A cancelled history insures nothing, whatever amounts it was applied with.
        cancelled = self.status.upper() == "CANCELLED"
        return Money(Decimal(0) if cancelled or amount is None else amount, self.currency)


class ContractsApplied(Event, type="ledger.contracts.applied.v1", key="bucket"):
    """What we need of applied contracts (申込台帳の受理): their histories."""

    bucket: int
    histories: list[AppliedHistory]


@inbox.on
async def assess_contracts(tx: AsyncSession, fact: ContractsApplied) -> None:
    """Applied contracts get their premiums."""
    histories = [history.history(fact.bucket) for history in fact.histories]
    await assessments.assess_histories(tx, histories, clock.now())
