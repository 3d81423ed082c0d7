"""New contracts (新規申込), written by set: each with the first state of its branches."""

from datetime import date, datetime

import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from .bulk import stage

_OF_THE_CONTRACT = ("agreement_code", "applicant_code", "lateness")
_LIKE = """
contract_histories, (SELECT agreement_code, applicant_code, lateness FROM contracts) AS contract
"""

# Every policy has a branch 00, and one only.
_CONTRACTS = text("""
INSERT INTO contracts (tenant, policy_number, agreement_code, applicant_code, status,
                       received_on, lateness, upload_id, updated_at, version)
SELECT (SELECT current_setting('app.tenant')), policy_number, agreement_code, applicant_code,
       'APPLIED', CAST(:received_on AS date), lateness, CAST(:upload_id AS text),
       CAST(:at AS timestamptz), 1
FROM staged WHERE branch_number = '00'
""")


async def write_applications(
    tx: AsyncSession, histories: pl.DataFrame, upload_id: str, received_on: date, at: datetime
) -> None:
    """Write what new applications say, known from an instant on.

    Shape: `histories` has the columns of `contract_histories`, and those of the contract.
    """
    await stage(tx, _LIKE, histories)
    # What all rows have in common is said once and not copied.
    in_common = {"upload_id": upload_id, "at": at}
    await tx.execute(_CONTRACTS, {**in_common, "received_on": received_on})
    said = ", ".join(name for name in histories.columns if name not in _OF_THE_CONTRACT)
    await tx.execute(
        text(f"""
            INSERT INTO contract_histories (tenant, upload_id, known_from, {said})
            SELECT (SELECT current_setting('app.tenant')), CAST(:upload_id AS text),
                   CAST(:at AS timestamptz), {said}
            FROM staged
        """),  # noqa: S608  # our own names
        in_common,
    )
