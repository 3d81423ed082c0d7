"""Findings (エラー・警告): which rule finds fault where, and what it says in both languages."""

import dataclasses
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, Self

from . import shipped
from .layout import Column, Layout, slotted


class Severity(StrEnum):
    """What a finding does: an error refuses, a warning does not."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclasses.dataclass(frozen=True, slots=True)
class RuleText:
    """A rule of the rule book (チェック項目) as data: of which layout, how grave, what it says."""

    scope: str
    severity: Severity
    message_ja: str
    message_en: str


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One fault found in a submission; without `row` it concerns the file as a whole.

    Shape: `row` counts records from 1; `column` is the letter a spreadsheet shows.
    """

    rule: str
    code: str
    row: int | None = None
    column: str | None = None
    slot: int | None = None
    field: str | None = None
    value: str | None = None
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """One fault with how grave it is on the day, and the items it concerns."""

    finding: Finding
    severity: str
    item_nos: Sequence[int]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what `dataclasses.asdict` made of one."""
        return cls(Finding(**kept["finding"]), kept["severity"], kept["item_nos"])


@cache
def rule_book() -> Mapping[str, RuleText]:
    """Read the rule book: the texts and default severities of all rules.

    Source: ledger notes §14.
    """
    return {row["rule"]: _rule_text(row) for row in shipped.rows("validation_rules")}


def _rule_text(row: shipped.Row) -> RuleText:
    severity = Severity.WARNING if row["severity"] == "warn" else Severity.ERROR
    return RuleText(row["scope"], severity, row["message_ja"], row["message_en"])


@cache
def _texts_of_codes() -> Mapping[str, shipped.Row]:
    """Read what is said instead where a code tells more than its rule."""
    return {row["code"]: row for row in shipped.rows("finding_codes")}


def detail_ja(finding: Finding, layout: Layout | None) -> str:
    """Say in Japanese what is wrong."""
    column = column_of(finding, layout)
    words = _words(finding, column, column.name_ja if column else "")
    special = _texts_of_codes().get(finding.code)
    text = special["message_ja"] if special else rule_book()[finding.rule].message_ja
    return text.format_map(words)


def detail_en(finding: Finding, layout: Layout | None) -> str:
    """Say in English what is wrong."""
    column = column_of(finding, layout)
    words = _words(finding, column, column.name_en if column else "")
    special = _texts_of_codes().get(finding.code)
    text = special["message_en"] if special else rule_book()[finding.rule].message_en
    return text.format_map(words)


def column_of(finding: Finding, layout: Layout | None) -> Column | None:
    """Find the column that a finding points at, if it points at one."""
    if layout is None or finding.field is None:
        return None
    return layout[slotted(finding.field, finding.slot)]


def _words(finding: Finding, column: Column | None, name: str) -> dict[str, str]:
    item = {"no": str(column.item_no), "name": name, "n": str(column.width)} if column else {}
    return {**item, "value": finding.value or "", **finding.params}
