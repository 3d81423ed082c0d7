"""What is known of the contracts that a part of a file would change, as one frame."""

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import states
from ..domain.telling import spread_settlements
from .bulk import copy_out, stage

_SPREAD = {column.name for column in states.ITEMS if column.slot is not None}
_READ = (*(name for name in states.SCHEMA if name not in _SPREAD), "settlements")

# What was first believed of a history names the upload that brought it; a fixed ledger finalises
# a history in whichever revision it was then.
_STATES = f"""
WITH first_ones AS (
    SELECT DISTINCT ON (policy_number, branch_number, history_number)
           policy_number, branch_number, history_number, upload_id AS first_upload_id
    FROM staged JOIN contract_histories USING (policy_number)
    ORDER BY policy_number, branch_number, history_number, known_from
), fixed AS (
    SELECT policy_number, branch_number, history_number, true AS finalised,
           bool_or(ledger.invoice_id IS NOT NULL) AS invoiced,
           bool_or(ledger.invoice_id IS NULL) AS awaiting_invoice
    FROM staged JOIN fixed_ledger_lines AS line USING (policy_number)
    JOIN fixed_ledgers AS ledger
      ON ledger.tenant = line.tenant AND ledger.id = line.fixed_ledger_id
    GROUP BY policy_number, branch_number, history_number
), states AS (
    SELECT history.*, first_upload_id, contract.agreement_code, contract.applicant_code,
           contract.received_on, contract.status AS contract_status,
           coalesce(finalised, false) AS finalised, coalesce(invoiced, false) AS invoiced,
           coalesce(awaiting_invoice, false) AS awaiting_invoice,
           mark.kind IS NOT NULL AS marked
    FROM first_ones
    JOIN contract_histories AS history USING (policy_number, branch_number, history_number)
    JOIN contracts AS contract USING (tenant, policy_number)
    LEFT JOIN fixed USING (policy_number, branch_number, history_number)
    LEFT JOIN marks AS mark
        USING (tenant, policy_number, branch_number, history_number, revision)
    WHERE history.known_to IS NULL
)
SELECT {", ".join(_READ)}
FROM states
"""  # noqa: S608  # our own names


async def states_of(tx: AsyncSession, policy_numbers: pl.Series) -> pl.DataFrame:
    """Bring every state of these policies that is known now (履歴), cancelled ones too.

    Shape: `states.SCHEMA`, in order of policy, branch and history.
    """
    await stage(tx, "contracts", policy_numbers.to_frame("policy_number"))
    found = spread_settlements(await copy_out(tx, _STATES, _READ))
    # Put in order here: rows as wide as these the database would sort on disk.
    in_order = found.sort("policy_number", "branch_number", "history_number")
    return in_order.select(_typed(pl.col(name), name) for name in states.SCHEMA)


def _typed(cell: pl.Expr, name: str) -> pl.Expr:
    kind = states.SCHEMA[name]
    if kind == pl.Boolean:
        return (cell == "t").alias(name)
    return (cell.str.to_date() if kind == pl.Date else cell.cast(kind)).alias(name)
