"""The examples of the trade as files: what is sent, what is expected, how values are written."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from libs.common.dates import today_in_japan
from libs.common.money import canonical
from services.ledger.domain.blocks import Charset
from services.ledger.domain.case import Case
from services.ledger.domain.judging import Judgement, judge
from services.ledger.domain.layout import Layout
from services.ledger.domain.partition import numbered
from services.ledger.domain.reading import Form, Reading
from services.ledger.domain.states import NO_STATES

from . import given

Written = tuple[str, str, Form, Charset]

_WAYS = (
    (".cp932.csv", Form.CSV, Charset.CP932),
    (".csv", Form.CSV, Charset.UTF_8),
    (".fd", Form.FIXED, Charset.CP932),
)
_NO_VALUES = {"branch_office_code", "agreement_code", "branch_number", "application_date"}


def in_every_way(*examples: str, name: str = "submit") -> pytest.MarkDecorator:
    """Ask a test of each example, in each file in which it is written."""
    files = [
        (example, f"{name}{suffix}", form, charset)
        for example in examples
        for suffix, form, charset in _WAYS
        if (given.EXAMPLES / example / f"{name}{suffix}").exists()
    ]
    return pytest.mark.parametrize("written", files, ids=lambda file: f"{file[0]}-{file[1]}")


def expected(example: str, variant: str = "") -> Any:
    """What is expected of an example."""
    folder = given.EXAMPLES / example
    named = folder / f"expected{variant}.json"
    return json.loads((named if named.exists() else folder / "expected_errors.json").read_text())


def story(example: str) -> Any:
    """Who sent an example when, and what was so before."""
    return json.loads((given.EXAMPLES / example / "case.json").read_text())


def judged(
    written: Written, received_at: str, states: pl.DataFrame = NO_STATES
) -> tuple[Judgement, Layout]:
    """Read a file of an example and judge it against what is known."""
    example, file, form, charset = written
    reading = Reading(form, charset)
    content = (given.EXAMPLES / example / file).read_bytes()
    rows = numbered(pl.concat(reading.frames([content])))
    assert reading.layout is not None
    received_on = today_in_japan(datetime.fromisoformat(received_at))
    register = replace(given.register(), states=states)
    submitter = story(example)["submitter_shipper_code"]
    return judge(rows, Case(reading.layout, register, submitter, received_on), 100), reading.layout


def errors(judgement: Judgement) -> set[tuple[int, str]]:
    """The rules that refuse, each with its row."""
    return _found(judgement, "ERROR")


def warnings(judgement: Judgement) -> set[tuple[int, str]]:
    """The rules that warn, each with its row."""
    return _found(judgement, "WARNING")


def _found(judgement: Judgement, severity: str) -> set[tuple[int, str]]:
    found = judgement.findings.filter(pl.col("severity") == severity)
    return set(found.select("row", "rule").rows())


def wanted(findings: list[Mapping[str, Any]]) -> set[tuple[int, str]]:
    """The rules that are expected, each with its row."""
    return {(found["row"], found["rule_id"]) for found in findings}


def points_at(judgement: Judgement, expectation: Mapping[str, Any]) -> bool:
    """Tell whether each expected finding points at an item that is expected."""
    fields = {
        (found["row"], found["rule_id"]): set(found["fields"])
        for kind in ("record_errors", "record_warnings")
        for found in expectation[kind]
    }
    found = judgement.findings.rows_by_key(("row", "rule"), named=True)
    return all(set(found[key][0]["item_nos"]) & wished for key, wished in fields.items())


def values(row: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """Write a row as the examples do: blank items absent, settlements as a list."""
    plain = layout.where(lambda column: column.slot is None and column.name in row)
    texts = {column.name: text(row[column.name]) for column in plain}
    settlements = [_settlement(row, layout, slot) for slot in layout.every_slot]
    return {
        **{name: shown for name, shown in texts.items() if shown and name not in _NO_VALUES},
        "settlements": [settlement for settlement in settlements if len(settlement) > 1],
    }


def _settlement(row: Mapping[str, Any], layout: Layout, slot: int) -> dict[str, Any]:
    columns = layout.where(lambda column: column.slot == slot)
    texts = {column.field: text(row[column.name]) for column in columns}
    return {"slot": slot, **{name: shown for name, shown in texts.items() if shown}}


def text(value: Any) -> str | None:
    """Write a value as the examples do."""
    match value:
        case bool():
            return "1" if value else None
        case Decimal():
            return canonical(value)
        case date():
            return value.isoformat()
        case None:
            return None
        case _:
            return str(value)
