"""Premiums that were made, kept by the batch and read one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.assessment import Assessed, NotAssessed, Part
from ..domain.contract import Contract, History
from ..errors import AssessmentNotFound

_CONTRACT = TypeAdapter(Contract)
PARTS = TypeAdapter(tuple[Part, ...])


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row as it goes to the database; the members are the columns."""

    policy_number: str
    branch_number: str
    history_number: str
    revision: int
    agreement_code: str
    bucket: int
    assessed_at: datetime
    edition: str | None = None
    premium: Decimal | None = None
    sample: bool = False
    missing: str | None = None
    missing_what: str | None = None
    parts: tuple[Part, ...] = ()
    contract: Contract | None = None


_ROWS = TypeAdapter(list[_Kept])

# What has a premium keeps it: a fact told twice changes nothing, a second try fills what was open.
_KEEP = text("""
INSERT INTO assessments AS kept
    (tenant, policy_number, branch_number, history_number, revision, agreement_code, bucket,
     edition, premium, sample, missing, missing_what, parts, contract, assessed_at)
SELECT :tenant, made.*
FROM json_to_recordset(CAST(:rows AS json)) AS made
    (policy_number text, branch_number text, history_number text, revision integer,
     agreement_code text, bucket integer, edition text, premium numeric, sample boolean,
     missing text, missing_what text, parts json, contract json, assessed_at timestamptz)
ON CONFLICT (tenant, policy_number, branch_number, history_number, revision) DO UPDATE
SET edition = EXCLUDED.edition, premium = EXCLUDED.premium, sample = EXCLUDED.sample,
    missing = EXCLUDED.missing, missing_what = EXCLUDED.missing_what, parts = EXCLUDED.parts,
    contract = EXCLUDED.contract, assessed_at = EXCLUDED.assessed_at
WHERE kept.premium IS NULL
RETURNING bucket, policy_number, branch_number, history_number, revision,
          premium, edition, missing, sample
""")


async def keep(
    tx: AsyncSession,
    made: Sequence[tuple[History, Assessed | NotAssessed]],
    at: datetime,
) -> Sequence[Row[Any]]:
    """Keep a batch of premiums in one statement, and give the rows that are new."""
    rows = [_kept(history, answer, at) for history, answer in made]
    values = {"tenant": tx.info["tenant"], "rows": _ROWS.dump_json(rows).decode()}
    return (await tx.execute(_KEEP, values)).all()


def assessments(policy_numbers: Sequence[str]) -> Select[tables.Assessment]:
    """Select the premiums of some policies, or of all, for paging."""
    made = tables.Assessment
    statement = select(made)
    return statement.where(made.policy_number.in_(policy_numbers)) if policy_numbers else statement


async def assessment(
    tx: AsyncSession, key: tuple[str, str, str, int]
) -> tuple[tables.Assessment, Assessed]:
    """Find the premium of one revision of a history: its row, and its parts put together.

    Raises: AssessmentNotFound.
    """
    row = await tx.get(tables.Assessment, (tx.info["tenant"], *key))
    if row is None:
        raise AssessmentNotFound
    return row, Assessed(row.edition or "", PARTS.validate_python(row.parts))


async def waiting(tx: AsyncSession, agreement_code: str | None) -> list[History]:
    """Find the histories of an agreement, or of all, that have no premium yet."""
    made = tables.Assessment
    statement = select(made).where(made.missing.is_not(None))
    if agreement_code is not None:
        statement = statement.where(made.agreement_code == agreement_code)
    rows = await tx.scalars(statement)
    return [
        History(
            row.policy_number,
            row.branch_number,
            row.history_number,
            row.revision,
            row.agreement_code,
            row.bucket,
            _CONTRACT.validate_python(row.contract),
        )
        for row in rows
    ]


def _kept(history: History, answer: Assessed | NotAssessed, at: datetime) -> _Kept:
    common: dict[str, Any] = {
        "policy_number": history.policy_number,
        "branch_number": history.branch_number,
        "history_number": history.history_number,
        "revision": history.revision,
        "agreement_code": history.agreement_code,
        "bucket": history.bucket,
        "assessed_at": at,
    }
    match answer:
        case Assessed(edition, parts):
            return _Kept(
                **common,
                edition=edition,
                premium=answer.premium.amount,
                sample=answer.sample,
                parts=parts,
            )
        case NotAssessed(missing, what):
            return _Kept(**common, missing=missing, missing_what=what, contract=history.contract)
