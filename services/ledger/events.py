"""Facts the ledger tells the others."""

from datetime import date

from pydantic import BaseModel

from libs.common.events import Event
from libs.common.wire import AgreementCode, DecimalString, PolicyholderCode, PolicyNumber


class UploadFact(BaseModel):
    """What every fact about an upload says of it."""

    upload_id: str
    policyholder_code: str
    file_name: str
    mode: str
    status: str
    received_on: date
    rows: int | None
    policies: int | None
    rejected_count: int
    error_count: int
    warning_count: int


class UploadReceived(UploadFact, Event, type="ledger.upload.received.v1", key="upload_id"):
    """A ledger file was handed in (台帳の受付)."""


class UploadValidated(UploadFact, Event, type="ledger.upload.validated.v1", key="upload_id"):
    """A ledger file was judged: it can be applied, or not (台帳の審査)."""


class UploadSubmitted(UploadFact, Event, type="ledger.upload.submitted.v1", key="upload_id"):
    """A ledger file that a dry run found good is applied for (申込み)."""


class UploadApplied(UploadFact, Event, type="ledger.upload.applied.v1", key="upload_id"):
    """The good contracts of a ledger file were taken in (台帳の受理)."""


class UploadFailed(UploadFact, Event, type="ledger.upload.failed.v1", key="upload_id"):
    """The platform could not carry an upload through; nothing half-done remains (処理不能)."""


class UploadCancelled(UploadFact, Event, type="ledger.upload.cancelled.v1", key="upload_id"):
    """A ledger file was taken back before it was applied (台帳の取下げ)."""


class EntryApplied(Event, type="ledger.entry.applied.v1", key="entry_id"):
    """A row that was entered by hand was taken in (個別入力の受理)."""

    entry_id: str
    policyholder_code: str
    processing: str
    policy_number: PolicyNumber
    status: str
    received_on: date


class AppliedSettlement(BaseModel):
    """One settlement of an export contract (決済)."""

    slot: int
    settlement_method: str
    payment_guarantee_code: str | None
    usance_unit: str | None
    usance_period: str | None
    due_date: date | None
    settlement_principal: DecimalString | None
    settlement_interest: DecimalString | None


class AppliedHistory(BaseModel):
    """What holds of one branch of a contract (枝番・履歴): codes and amounts as in the ledger."""

    policy_number: PolicyNumber
    branch_number: str
    history_number: str
    revision: int
    processing_type: str
    change_reason: str | None = None
    agreement_code: AgreementCode
    applicant_code: PolicyholderCode
    application_date: date
    contract_date: date
    received_on: date
    currency: str
    currency_code: str
    contract_principal: DecimalString
    pre_shipment_amount: DecimalString
    post_shipment_amount: DecimalString | None = None
    exchange_rate: DecimalString | None = None
    destination_country: str
    payment_country: str
    guarantee_country: str | None = None
    payer_code: str
    guarantor_code: str | None = None
    sales_country: str
    sales_counterparty_code: str
    last_shipment_date: date
    status: str
    settlements: list[AppliedSettlement]


class ContractsApplied(Event, type="ledger.contracts.applied.v1", key="bucket"):
    """Histories of contracts that now hold (申込の受理), up to 500 of one bucket.

    `upload_id` is the file they came in, or the entry they were written in by hand.

    Shape: `histories` in order of row; made as JSON text by `domain/telling.py`.
    """

    bucket: int
    upload_id: str
    received_on: date
    histories: list[AppliedHistory]


class CheckLedgerFact(BaseModel):
    """What every fact about a check ledger says of it."""

    check_ledger_id: str
    agreement_code: AgreementCode
    policyholder_code: PolicyholderCode
    from_on: date
    to_on: date
    published_on: date
    line_count: int
    marked_count: int
    refused_count: int


class CheckLedgerPublished(
    CheckLedgerFact, Event, type="ledger.check_ledger.published.v1", key="check_ledger_id"
):
    """What was received is shown to its holder (照合用台帳の送付)."""


class CheckLedgerConfirmed(
    CheckLedgerFact, Event, type="ledger.check_ledger.confirmed.v1", key="check_ledger_id"
):
    """The holder has checked what it was shown (照合の確認)."""


LINES_IN_A_FACT = 500


class FixedLedgerLine(BaseModel):
    """One history that became final (確定), in the revision it then had."""

    line: int
    policy_number: PolicyNumber
    branch_number: str
    history_number: str
    revision: int
    late_surcharge: bool = False
    """Whether it is of an agreement's third significant delay, or a later one."""


class FixedLedgerListed(Event, type="ledger.fixed_ledger.listed.v1", key="fixed_ledger_id"):
    """Up to 500 lines of a fixed ledger (確定用台帳の明細); told before it is published.

    Shape: `lines` in order; made as JSON text by the database.
    """

    fixed_ledger_id: str
    lines: list[FixedLedgerLine]


class FixedLedgerPublished(Event, type="ledger.fixed_ledger.published.v1", key="fixed_ledger_id"):
    """What became final in a month is published, all its lines told (確定用台帳の送付)."""

    fixed_ledger_id: str
    agreement_code: AgreementCode
    policyholder_code: PolicyholderCode
    month: str
    published_on: date
    line_count: int
