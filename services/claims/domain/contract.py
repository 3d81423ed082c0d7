"""Contracts as losses are measured against them: one branch, its amounts and its payments."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from libs.common.dates import add_months
from libs.common.money import Money

ACTIVE = "ACTIVE"
CANCELLED = "CANCELLED"

_MONTHS = "1"


@dataclass(frozen=True, slots=True)
class Settlement:
    """One way in which a contract is paid (決済), with its usance or its due date.

    Units: `amount` is principal and interest; `usance_unit` 1 for months, 2 for days.
    """

    slot: int
    amount: Decimal
    due_on: date | None = None
    usance_unit: str | None = None
    usance_period: int | None = None

    def due_after(self, shipped_on: date) -> date:
        """Count the usance (ユーザンス) from shipment; a payment at sight has none.

        Source: ledger notes §12.1.
        """
        period = self.usance_period or 0
        if self.usance_unit == _MONTHS:
            return add_months(shipped_on, period)
        return shipped_on + timedelta(days=period)


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch (枝番) of a contract as it is now; `parties` are the buyers it relies on."""

    status: str
    currency: str
    contract_date: date
    pre_shipment_amount: Decimal
    post_shipment_amount: Decimal | None
    parties: frozenset[str]
    settlements: tuple[Settlement, ...]

    @property
    def is_active(self) -> bool:
        """Say whether it still insures something."""
        return self.status == ACTIVE

    def money(self, amount: Decimal | None) -> Money:
        """Give an amount of this contract in its currency; none is nothing."""
        return Money(amount or Decimal(0), self.currency)
