"""The shapes of a row by hand: what may be written in it, and how it is shown."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from libs.common.wire import BusinessDate, DecimalString, Input, Output, folded

from ..domain.layout import CHANGES_EXTENDED, NEW_APPLICATIONS_EXTENDED

BlockFlag = Literal["DELETE", "MODIFY", "ADD"]
# What is in it is judged by the rules, and not here: a draft may hold what is not yet right.
Code = Annotated[str, Field(min_length=1, max_length=20), BeforeValidator(folded)]
ContractForm = Annotated[Code, Field(json_schema_extra={"x-code-table": "contract_forms"})]
ChangeReason = Annotated[Code, Field(json_schema_extra={"x-code-table": "change_reasons"})]
CurrencyCode = Annotated[Code, Field(json_schema_extra={"x-code-table": "currencies"})]
GoodsCode = Annotated[Code, Field(json_schema_extra={"x-code-table": "hs_codes"})]
DeliveryTerms = Annotated[Code, Field(json_schema_extra={"x-code-table": "delivery_terms"})]
CountryOfFile = Annotated[Code, Field(json_schema_extra={"x-code-table": "countries"})]
SettlementMethod = Annotated[Code, Field(json_schema_extra={"x-code-table": "settlement_methods"})]
PaymentGuarantee = Annotated[Code, Field(json_schema_extra={"x-code-table": "payment_guarantees"})]
UsanceUnit = Annotated[Code, Field(json_schema_extra={"x-code-table": "usance_units"})]
ShortText = Annotated[str, Field(min_length=1, max_length=100)]
# Files write a year in two digits, from 1970 to 2069.
Day = Annotated[BusinessDate, Field(ge=date(1970, 1, 1), le=date(2069, 12, 31))]
Cleared = Annotated[
    list[Annotated[str, Field(pattern="^[a-z_]{1,40}$")]],
    Field(max_length=20, description="Items that a change or correction empties."),
]


def _name_items(schema: dict[str, Any]) -> None:
    """Say of each member which item of a file (項目) it is."""
    for layout in (NEW_APPLICATIONS_EXTENDED, CHANGES_EXTENDED):
        for column in layout.columns:
            member = schema["properties"].get(column.field)
            if member is not None and column.slot in (None, 1):
                named = member.get("description", column.name_ja)
                member["description"] = f"{named}; item {column.item_no} of {layout.code}"


class SettlementEntry(Input):
    """One settlement as it is entered (決済); on a change its flag says what is done to it."""

    model_config = ConfigDict(json_schema_extra=_name_items)

    slot: Annotated[int, Field(ge=1, le=5)]
    settlement_flag: BlockFlag | None = None
    settlement_method: SettlementMethod | None = None
    payment_guarantee_code: PaymentGuarantee | None = None
    usance_unit: UsanceUnit | None = None
    usance_period: Code | None = None
    due_date: Day | None = None
    settlement_principal: DecimalString | None = None
    settlement_interest: DecimalString | None = None
    clear: Cleared = Field(default_factory=list)


def _once_each(settlements: list[SettlementEntry]) -> list[SettlementEntry]:
    if len({it.slot for it in settlements}) != len(settlements):
        raise ValueError("a slot comes twice")
    return settlements


Settlements = Annotated[list[SettlementEntry], Field(max_length=5), AfterValidator(_once_each)]


class RowEntry(Input):
    """One row by hand; what is not known yet is left out."""

    model_config = ConfigDict(json_schema_extra=_name_items)

    branch_number: Code | None = None
    history_number: Code | None = None
    applicant_code: Code | None = None
    insured_code: Code | None = None
    beneficiary_code: Code | None = None
    insured_department: ShortText | None = None
    application_date: Day | None = None
    contract_form: ContractForm | None = None
    contract_date: Day | None = None
    contract_change_date: Day | None = None
    effective_date: Day | None = None
    change_reason: ChangeReason | None = None
    original_branch_number: Code | None = None
    contract_number: ShortText | None = None
    contract_principal: DecimalString | None = None
    reference_number: ShortText | None = None
    other_insurance_flag: bool | None = None
    currency_code: CurrencyCode | None = None
    exchange_rate: DecimalString | None = None
    goods_hs_code: GoodsCode | None = None
    delivery_terms: DeliveryTerms | None = None
    effectuation_condition_flag: bool | None = None
    destination_country: CountryOfFile | None = None
    payment_country: CountryOfFile | None = None
    payer_code: Code | None = None
    guarantee_country: CountryOfFile | None = None
    guarantor_code: Code | None = None
    purchase_country: CountryOfFile | None = None
    loading_country: CountryOfFile | None = None
    sales_country: CountryOfFile | None = None
    sales_counterparty_code: Code | None = None
    shipment_flag: BlockFlag | None = None
    first_shipment_date: Day | None = None
    last_shipment_date: Day | None = None
    pre_shipment_amount: DecimalString | None = None
    post_shipment_amount: DecimalString | None = None
    settlements: Settlements | None = None
    clear: Cleared | None = None


class EnteredSettlement(Output):
    """One settlement of an entry (決済)."""

    slot: int
    settlement_flag: BlockFlag | None
    settlement_method: str | None
    payment_guarantee_code: str | None
    usance_unit: str | None
    usance_period: str | None
    due_date: BusinessDate | None
    settlement_principal: DecimalString | None
    settlement_interest: DecimalString | None
    clear: list[str]


class EnteredRow(Output):
    """One row of an entry (明細); what is not filled in is null."""

    branch_number: str | None
    history_number: str | None
    applicant_code: str | None
    insured_code: str | None
    beneficiary_code: str | None
    insured_department: str | None
    application_date: BusinessDate | None
    contract_form: str | None
    contract_date: BusinessDate | None
    contract_change_date: BusinessDate | None
    effective_date: BusinessDate | None
    change_reason: str | None
    original_branch_number: str | None
    contract_number: str | None
    contract_principal: DecimalString | None
    reference_number: str | None
    other_insurance_flag: bool | None
    currency_code: str | None
    exchange_rate: DecimalString | None
    goods_hs_code: str | None
    delivery_terms: str | None
    effectuation_condition_flag: bool | None
    destination_country: str | None
    payment_country: str | None
    payer_code: str | None
    guarantee_country: str | None
    guarantor_code: str | None
    purchase_country: str | None
    loading_country: str | None
    sales_country: str | None
    sales_counterparty_code: str | None
    shipment_flag: BlockFlag | None
    first_shipment_date: BusinessDate | None
    last_shipment_date: BusinessDate | None
    pre_shipment_amount: DecimalString | None
    post_shipment_amount: DecimalString | None
    settlements: list[EnteredSettlement]
    clear: list[str]


def members_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Name every member of an `EnteredRow` as an entry's content has it."""
    settlements = [_settlement(it) for it in content.get("settlements", ())]
    own: dict[str, Any] = {name: content.get(name) for name in EnteredRow.model_fields}
    return own | {"settlements": settlements, "clear": content.get("clear", [])}


def _settlement(content: dict[str, Any]) -> EnteredSettlement:
    blank: dict[str, Any] = dict.fromkeys(EnteredSettlement.model_fields)
    return EnteredSettlement(**blank | {"clear": []} | content)
