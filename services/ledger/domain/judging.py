"""Judging (審査): the rows of a part, of either layout, become histories and findings."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from .applications import judge_applications
from .case import Case
from .changes import judge_changes
from .layout import CHANGES
from .refusing import refused_rows
from .report import report


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of the rows of one part (審査結果).

    Shape: `accepted` as in `canonical`, of changes as in `resulting.histories`; `findings` as in
    `report` and at most as many as wanted; the counts, and `refused` as in `refusing`, are
    complete. `delays` are the significant delays of each agreement, these included.
    """

    accepted: pl.DataFrame
    refused: pl.DataFrame
    findings: pl.DataFrame
    errors: int
    warnings: int
    delays: Mapping[str, int]


def judge(rows: pl.DataFrame, case: Case, limit: int) -> Judgement:
    """Judge the rows of a part as read and numbered, every policy complete.

    Source: ledger notes §5.7.
    """
    is_change = case.layout.code == CHANGES.code
    ruling = judge_changes(rows, case) if is_change else judge_applications(rows, case)
    return Judgement(
        accepted=ruling.accepted,
        refused=refused_rows(ruling.errors, ruling.records),
        findings=report([*ruling.errors, *ruling.warnings], ruling.records, case, limit),
        errors=sum(len(found.positions) for found in ruling.errors),
        warnings=sum(len(found.positions) for found in ruling.warnings),
        delays=ruling.delays,
    )
