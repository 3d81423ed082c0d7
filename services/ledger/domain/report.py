"""The report (エラー一覧): of every rule that found fault, where, as rows that can be stored."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from .case import Case
from .findings import Finding, Found
from .layout import BY_CODE, MOST_SLOTS
from .rules.declaring import Check

VALUE_CHARACTERS = 64
"""How much of a cell a finding shows. Source: architecture §7, point 27."""

_UNSEEN = r"[\p{Cc}\p{Cf}]"

SCHEMA: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "rule": pl.String(),
    "severity": pl.String(),
    "column": pl.String(),
    "item_nos": pl.List(pl.UInt8),
    "slot": pl.UInt8(),
    "field": pl.String(),
    "code": pl.String(),
    "params": pl.String(),
    "value": pl.String(),
}

_NUMBERED: dict[str, pl.DataType] = {"question": pl.UInt16()}
_OF_THE_ROW = {name: SCHEMA[name] for name in ("row", "params", "value")}
_OF_THE_QUESTION = {name: SCHEMA[name] for name in SCHEMA if name not in _OF_THE_ROW}
_OF_THE_FINDING = ("rule", "code", "row", "column", "slot", "field", "value")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where one question was answered with yes: positions in the frame of records, ascending.

    Shape: `params` has a row for each position, if the rule's text tells more than the cell.
    """

    check: Check
    positions: pl.Series
    params: pl.DataFrame | None = None


def report(
    verdicts: Sequence[Verdict], records: pl.DataFrame, case: Case, limit: int
) -> pl.DataFrame:
    """Write the findings in the order of the file, no more than so many.

    Shape: `SCHEMA`; `params` is a JSON object of strings, `value` the cell without controls.
    """
    verdicts = [verdict for verdict in verdicts if not verdict.positions.is_empty()]
    if not verdicts:
        return pl.DataFrame(schema=SCHEMA)
    found = (_found(number, verdict, records, limit) for number, verdict in enumerate(verdicts))
    places = pl.concat([pl.DataFrame(schema=_NUMBERED | _OF_THE_ROW), *found])
    questions = pl.DataFrame(
        [_question(number, verdict.check, case) for number, verdict in enumerate(verdicts)],
        schema=_NUMBERED | _OF_THE_QUESTION,
        orient="row",
    )
    first = places.join(questions, on="question").sort("row", "rule", "question").head(limit)
    return first.select(*SCHEMA)


def _found(number: int, verdict: Verdict, records: pl.DataFrame, limit: int) -> pl.DataFrame:
    # The first so many findings of a file hold no more than the first so many of each question.
    items, positions = verdict.check.items, verdict.positions.head(limit)
    cell = pl.col(items[0]) if items else pl.lit(None, pl.String)
    return records[positions].select(
        pl.lit(number, pl.UInt16).alias("question"),
        "row",
        _params(verdict.params, limit).alias("params"),
        as_shown(cell).alias("value"),
    )


def found_in(findings: pl.DataFrame) -> list[Found]:
    """Take a report's findings one by one, where they are few.

    Shape: `findings` as `SCHEMA`.
    """
    return [_found_of(it) for it in findings.to_dicts()]


def _found_of(row: dict[str, Any]) -> Found:
    plain = {name: row[name] for name in _OF_THE_FINDING}
    return Found(
        Finding(**plain, params=json.loads(row["params"])), row["severity"], row["item_nos"]
    )


def as_shown(cell: pl.Expr) -> pl.Expr:
    """Show a cell as it was written: without controls, and no more of it than is needed."""
    return cell.str.replace_all(_UNSEEN, "").str.slice(0, VALUE_CHARACTERS)


def _params(params: pl.DataFrame | None, limit: int) -> pl.Expr:
    if params is None:
        return pl.lit("{}")
    members = ", ".join(f'"{name}": "{{}}"' for name in params.columns)
    return pl.format(f"{{{{{members}}}}}", *params.head(limit))


def _question(number: int, check: Check, case: Case) -> tuple[object, ...]:
    severity = case.severity(check.rule)
    if not check.items:
        return (number, check.rule, severity, None, [], None, None, check.code)
    # A contract may have more settlements than the sheet that changes it.
    widest = BY_CODE[case.layout.code, MOST_SLOTS]
    items = sorted({widest[name].item_no for name in check.items})
    at = next((widest[name] for name in check.items if name in case.layout.names), None)
    if at is None:
        return (number, check.rule, severity, None, items, None, None, check.code)
    return (number, check.rule, severity, at.letter, items, at.slot, at.field, check.code)
