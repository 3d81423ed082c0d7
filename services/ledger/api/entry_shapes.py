"""The shapes of an entry: what may be written by hand, and how it is shown."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from libs.common import context
from libs.common.paging import PageShape
from libs.common.wire import (
    BusinessDate,
    DecimalString,
    Input,
    Instant,
    Output,
    PolicyNumber,
    folded,
)

from .. import tables
from ..domain.by_hand import Processing, layout_of, pointer_to
from ..domain.findings import Found, Severity, detail_en, detail_ja
from ..domain.layout import CHANGES_EXTENDED, NEW_APPLICATIONS_EXTENDED

EntryId = Annotated[
    str,
    Field(pattern="^entry_[0-9a-hjkmnp-tv-z]{26}$", examples=["entry_01m804gnfyejjb59e5dbx4yqmy"]),
]
EntryStatus = Literal["DRAFT", "APPLIED"]
EntryAction = Literal["UPDATE", "SUBMIT", "DELETE"]
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


class LedgerEntryUpdate(Input):
    """What changes in a draft (RFC 7396): what is left out stays, null takes away."""

    model_config = ConfigDict(json_schema_extra=_name_items)

    policy_number: PolicyNumber | None = None
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


class LedgerEntryCreate(LedgerEntryUpdate):
    """An entry to begin; only what it asks for must be known, the rest may follow."""

    # Strict input would want a member of the enum, which JSON does not have.
    processing: Annotated[Processing, Field(strict=False)]


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


class LedgerEntryFinding(Output):
    """One fault of an entry (エラー・警告); `pointer` leads to its member, if it has one."""

    rule: str
    severity: Severity
    pointer: str | None
    item_nos: list[int]
    code: str
    params: dict[str, str]
    detail: str
    detail_en: str
    value: str | None

    @classmethod
    def of(cls, found: Found, entry: tables.Entry) -> Self:
        """Put what was found into words, and point at its member."""
        finding, layout = found.finding, layout_of(Processing(entry.processing))
        english = detail_en(finding, layout)
        return cls(
            rule=finding.rule,
            severity=Severity(found.severity),
            pointer=finding.field and pointer_to(finding.field, finding.slot, entry.content),
            item_nos=list(found.item_nos),
            code=finding.code,
            params=dict(finding.params),
            detail=english if context.language.get() == "en" else detail_ja(finding, layout),
            detail_en=english,
            value=finding.value,
        )


class LedgerEntryAssessment(Output):
    """What would become of an entry that is submitted now."""

    acceptable: bool
    findings: list[LedgerEntryFinding]
    deemed_received_on: BusinessDate


class LedgerEntrySummary(Output):
    """An entry in a list."""

    id: EntryId
    processing: Processing
    status: EntryStatus
    policy_number: PolicyNumber | None
    received_at: Instant | None
    deemed_received_on: BusinessDate | None
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, entry: tables.Entry) -> Self:
        """Show an entry in a list."""
        number = entry.content.get("policy_number")
        own = {name: getattr(entry, name, None) for name in cls.model_fields}
        return cls(**own | {"policy_number": number})


class LedgerEntryPage(PageShape[LedgerEntrySummary]):
    """A page of entries."""


class LedgerEntry(LedgerEntrySummary):
    """One row written by hand (個別入力), with what the rules warned of when it was taken in."""

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
    warnings: list[LedgerEntryFinding]
    allowed_actions: list[EntryAction]

    @classmethod
    def of(cls, entry: tables.Entry) -> Self:
        """Show an entry with all its items; what is not filled in is null."""
        content = {"clear": [], "settlements": []} | entry.content
        content["settlements"] = [_settlement(it) for it in content["settlements"]]
        own: dict[str, Any] = dict.fromkeys(cls.model_fields) | content
        summary = LedgerEntrySummary.of(entry).model_dump()
        found = [Found.of(it) for it in entry.warnings]
        return cls(
            **own
            | summary
            | {
                "warnings": [LedgerEntryFinding.of(it, entry) for it in found],
                "allowed_actions": ["UPDATE", "SUBMIT", "DELETE"]
                if entry.status == "DRAFT"
                else [],
            }
        )


def _settlement(content: dict[str, Any]) -> EnteredSettlement:
    blank: dict[str, Any] = dict.fromkeys(EnteredSettlement.model_fields)
    return EnteredSettlement(**blank | {"clear": []} | content)
