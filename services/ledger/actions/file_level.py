"""Faults of a file as a whole: they end its judgement before any row is looked at."""

import json
from collections.abc import Iterator, Mapping, Sequence

import polars as pl
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain import receiving
from ..domain.blocks import Charset
from ..domain.findings import Finding, Severity, rule_book
from ..domain.reading import Form, Reading
from ..domain.report import SCHEMA
from ..queries import uploads as queries
from ..queries.register import severities

CHARSETS = {"cp932": Charset.CP932, "utf-8": Charset.UTF_8}


def form_of(file_name: str) -> Form:
    """Tell in which form to read a file; of a wrong name its own rule speaks."""
    return receiving.form_of(file_name) or Form.CSV


def declared_count(said: str | None) -> int | None:
    """Read the declared number of contracts (件数); what is no number was not declared."""
    text = (said or "").strip()
    return int(text) if text.isascii() and text.isdecimal() else None


async def judge(
    tx: AsyncSession, upload: tables.Upload, reading: Reading, policies: int
) -> pl.DataFrame:
    """Judge a file by name, count, layout and content, as findings ready to be kept.

    Shape: `report.SCHEMA`.
    """
    names = await _holder_names(tx)
    known = await queries.has_same_content(tx, upload.sha256, upload.id)
    found = [
        *receiving.judge_name(upload.file_name, names, upload.deemed_received_on),
        *reading.findings,
        *_judge_count(upload, receiving.Count(policies, reading.rows), reading),
        *receiving.judge_novelty(is_known_content=known),
    ]
    return _as_frame(found, await severities(tx, upload.deemed_received_on))


def _judge_count(
    upload: tables.Upload, count: receiving.Count, reading: Reading
) -> Iterator[Finding]:
    declared = declared_count(upload.declared_count)
    yield from receiving.judge_declared_count(declared)
    # A file that could not be read to its end has no count to compare.
    if reading.layout is None or any(_is_fatal(finding) for finding in reading.findings):
        return
    yield from receiving.judge_layout(upload.declared_layout, reading.layout)
    if declared is not None and declared >= 1:
        yield from receiving.judge_count(declared, count)


def _is_fatal(finding: Finding) -> bool:
    return rule_book()[finding.rule].severity is Severity.ERROR


async def _holder_names(tx: AsyncSession) -> Sequence[str]:
    agreement = tables.Agreement
    own = select(agreement.holder_name_ja, agreement.holder_short_name_ja).where(
        agreement.policyholder_code == tx.info["tenant"]
    )
    return [name for row in await tx.execute(own) for name in row if name]


def _as_frame(found: Sequence[Finding], severities: Mapping[str, Severity]) -> pl.DataFrame:
    rows: list[dict[str, object]] = [
        {
            "row": finding.row,
            "rule": finding.rule,
            "severity": severities.get(finding.rule, rule_book()[finding.rule].severity),
            "column": finding.column,
            "item_nos": [],
            "slot": finding.slot,
            "field": finding.field,
            "code": finding.code,
            "params": json.dumps(dict(finding.params)),
            "value": finding.value,
        }
        for finding in found
    ]
    return pl.DataFrame(rows, schema=SCHEMA)
