"""States (履歴): what is known of each branch of a contract, as changes find it."""

from collections.abc import Mapping

import polars as pl

from .layout import NEW_APPLICATIONS_EXTENDED
from .values import stored_type

ACTIVE, REDUCED_TO_ZERO, CANCELLED = "ACTIVE", "REDUCED_TO_ZERO", "CANCELLED"
"""What may be the status of a history (履歴の状態)."""

NEW_APPLICATION = "1"
"""The processing type of a history that came of a new application (新規)."""

FIRST_HISTORY = "00"
"""The number of the state in which a branch begins (履歴番号). Source: ledger notes §6."""

SETTLEMENT_ITEMS = (
    "settlement_method",
    "payment_guarantee_code",
    "usance_unit",
    "usance_period",
    "due_date",
    "settlement_principal",
    "settlement_interest",
)
"""What is known of a settlement (決済)."""

_NOT_STORED = {
    "branch_office_code",
    "agreement_code",
    "fiscal_year",
    "serial_number",
    "branch_number",
    "applicant_code",
    "first_shipment_date",
}

ITEMS = NEW_APPLICATIONS_EXTENDED.where(lambda column: column.field not in _NOT_STORED)
"""The items of a history, settlements spread over five slots."""

CONTENT = tuple(column for column in ITEMS if column.field != "application_date")
"""The items of a history that a change may change; the day of application comes with it."""

INSURED_AMOUNTS = ("pre_shipment_amount", "post_shipment_amount")
"""What is insured before and after the shipment (船積前・船積後保険対象額)."""

SCHEMA: Mapping[str, pl.DataType] = {
    "policy_number": pl.String(),
    "agreement_code": pl.String(),
    "applicant_code": pl.String(),
    "contract_status": pl.String(),
    "received_on": pl.Date(),
    "branch_number": pl.String(),
    "history_number": pl.String(),
    "revision": pl.Int16(),
    "status": pl.String(),
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "processing_type": pl.String(),
    "change_reason": pl.String(),
    "contract_change_date": pl.Date(),
    "original_branch_number": pl.String(),
    "upload_id": pl.String(),
    "first_upload_id": pl.String(),
    **{column.name: stored_type(column) for column in ITEMS},
    "finalised": pl.Boolean(),
    "invoiced": pl.Boolean(),
    "awaiting_invoice": pl.Boolean(),
    "marked": pl.Boolean(),
}
"""A row for each history that is known today of the policies concerned, cancelled ones too.

Shape:
    revision         how often it was corrected (訂正); `upload_id` brought this revision, and
                     `first_upload_id` the history: what came in one upload was one change
    finalised        it stands on a fixed ledger (確定), in whichever revision
    invoiced         the premium invoice of that ledger was issued (保険料請求)
    awaiting_invoice a fixed ledger it stands on has no invoice yet
    marked           its newest revision has an error (`*`) that was not yet corrected
"""

NO_STATES = pl.DataFrame(schema=dict(SCHEMA))
"""No contract is known."""

CHANGED: Mapping[str, pl.DataType] = {
    "requested_type": pl.String(),
    "opens_branch": pl.Boolean(),
    "significant_items": pl.List(pl.Int64),
    "notify_by": pl.Date(),
    "late_notification": pl.Boolean(),
}
"""What an accepted change says besides the history that results from it.

Shape:
    requested_type   2 change, 3 or 4 correction, 5 cancellation; the `processing_type`, reason and
                     dates beside it are those of the history, which corrections leave alone
    opens_branch     the branch begins with this history
    significant_items  what makes the change significant (重大な変更), items 1 to 8
    notify_by        until when a significant change was to be notified (通知期限)
    late_notification  it was notified later than that, or after the cover period
"""
