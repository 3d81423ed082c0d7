"""What an estimate is asked about: a contract, in the words of a ledger."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from libs.common.money import AmountTooFine, Money, Ratio
from libs.common.wire import AgreementCode, BusinessDate, BuyerCode, DecimalString, Input

from ..actions.estimates import Question
from ..domain.contract import Contract
from ..domain.period import Settlement, UsanceUnit
from ..domain.tariff import Phase

# Ledgers belong to comprehensive agreements. Source: domain notes §0.6.
_PRODUCT = "COMPREHENSIVE"
_DA_90_DAYS = [{"settlement_method": "20", "usance_unit": "2", "usance_period": "090"}]
_COUNTRIES = ("destination_country", "payment_country", "guarantee_country")


def _code_of(table: str) -> dict[str, Any]:
    return {"x-code-table": table}


# Two digits tell the years of ledgers, too; what lies in them never leaves the calendar.
Day = Annotated[BusinessDate, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Amount = Annotated[
    DecimalString,
    Field(ge=Decimal(0), max_digits=15, decimal_places=2, examples=["250000.00"]),
]
Rate = Annotated[
    DecimalString, Field(gt=Decimal(0), max_digits=8, decimal_places=4, examples=["152.25"])
]
Country = Annotated[
    str, Field(pattern=r"^[0-9]{3}$", examples=["111"], json_schema_extra=_code_of("countries"))
]


class EstimateSettlement(Input):
    """One way in which the contract would be paid (決済): its usance or its due date."""

    settlement_method: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{2}$",
            examples=["10"],
            json_schema_extra=_code_of("settlement_methods"),
        ),
    ]
    usance_unit: Annotated[
        Literal["1", "2"] | None, Field(json_schema_extra=_code_of("usance_units"))
    ] = None
    usance_period: Annotated[str, Field(pattern=r"^[0-9]{1,3}$")] | None = None
    due_date: Day | None = None

    def settlement(self, slot: int) -> Settlement:
        """Give it in the words of the rules."""
        unit = UsanceUnit(self.usance_unit) if self.usance_unit else None
        period = int(self.usance_period) if self.usance_period else None
        return Settlement(slot, self.settlement_method, unit, period, self.due_date)


class EstimateCreate(Input):
    """What is asked: a contract in the words of a ledger, and the buyer who would pay.

    Without a payment country, the buyer's own counts.
    """

    agreement_code: AgreementCode
    buyer_code: BuyerCode
    contract_date: Day
    last_shipment_date: Day
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["USD"])]
    exchange_rate: Rate | None = None
    pre_shipment_amount: Amount
    post_shipment_amount: Annotated[Amount | None, Field(examples=["250000.00"])] = None
    destination_country: Country
    payment_country: Country | None = None
    guarantee_country: Country | None = None
    settlements: Annotated[
        list[EstimateSettlement], Field(min_length=1, max_length=5, examples=[_DA_90_DAYS])
    ]

    @field_validator("pre_shipment_amount", "post_shipment_amount")
    @classmethod
    def _has_the_currencys_coins(cls, amount: Decimal | None, body: ValidationInfo) -> Any:
        try:
            _money(amount, body.data.get("currency", "JPY"))
        except AmountTooFine:
            raise PydanticCustomError("bad-format", "finer than its currency") from None
        return amount

    def question(self) -> Question:
        """Give it in the words of the rules."""
        return Question(
            self.agreement_code, self.buyer_code, self._contract(), self.model_dump(mode="json")
        )

    def _contract(self) -> Contract:
        named = {role: getattr(self, role) for role in _COUNTRIES}
        return Contract(
            insured_from=self.contract_date,
            last_shipment=self.last_shipment_date,
            amounts={
                Phase.PRE_SHIPMENT: _money(self.pre_shipment_amount, self.currency),
                Phase.POST_SHIPMENT: _money(self.post_shipment_amount, self.currency),
            },
            quoted_rate=None if self.exchange_rate is None else Ratio(self.exchange_rate),
            countries={role: code for role, code in named.items() if code},
            settlements=tuple(it.settlement(n) for n, it in enumerate(self.settlements, 1)),
            product=_PRODUCT,
        )


def _money(amount: Decimal | None, currency: str) -> Money:
    return Money(amount or Decimal(0), currency)
