"""Rows are judged (審査) by the registers as they stand, whether they came in a file or by hand."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.case import Case
from ..domain.judging import Judgement, judge
from ..domain.layout import Layout
from ..queries.register import register_for, severities


@dataclass(frozen=True, slots=True)
class Submission:
    """Rows of one layout, the day they count as received (受理日), and what was said of them."""

    rows: pl.DataFrame
    layout: Layout
    received_on: date
    evidence_cases: Mapping[str, str] = field(default_factory=dict)


async def judge_submission(
    tx: AsyncSession, submission: Submission, limit: int
) -> tuple[Judgement, Case]:
    """Judge rows, every policy of them complete; gives also what they were judged against."""
    case = Case(
        layout=submission.layout,
        register=await register_for(tx, submission.rows, submission.layout, submission.received_on),
        policyholder_code=tx.info["tenant"],
        received_on=submission.received_on,
        evidence_cases=submission.evidence_cases,
        severities=await severities(tx, submission.received_on),
    )
    return await asyncio.to_thread(judge, submission.rows, case, limit), case
