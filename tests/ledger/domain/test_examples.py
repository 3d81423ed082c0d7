"""The examples of the trade: what comes in, what is found, what is accepted."""

import json
from collections.abc import Mapping
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

from . import given

NEW_APPLICATIONS = ("new_valid", "new_multibranch", "new_extended5", "errors1")
WRITTEN_AS = [
    ("submit.cp932.csv", Form.CSV, Charset.CP932),
    ("submit.csv", Form.CSV, Charset.UTF_8),
    ("submit.fd", Form.FIXED, Charset.CP932),
]
EVERY_WAY = [
    (example, *written)
    for example in NEW_APPLICATIONS
    for written in WRITTEN_AS
    if (given.EXAMPLES / example / written[0]).exists()
]


@pytest.mark.parametrize(("example", "file", "form", "charset"), EVERY_WAY)
def test_an_example_is_judged_as_expected(
    example: str, file: str, form: Form, charset: Charset
) -> None:
    """Given an example, when its file is read and judged, then the expected findings come out."""
    expected = _expected(example)

    judgement, _ = _judged(example, file, form, charset)

    assert _errors(judgement) == _wanted(expected["record_errors"])
    assert _wanted(expected["record_warnings"]) <= _warnings(judgement)
    assert judgement.accepted["row"].to_list() == expected["accepted_rows"]


@pytest.mark.parametrize(("example", "file", "form", "charset"), EVERY_WAY)
def test_an_accepted_row_holds_the_expected_values(
    example: str, file: str, form: Form, charset: Charset
) -> None:
    """Given an example, when its file is judged, then the accepted rows say what it expects."""
    expected = _expected(example)["state_after"]

    judgement, layout = _judged(example, file, form, charset)

    assert _histories(judgement.accepted, layout) == {
        (policy["policy_number"].replace("-", ""), branch["branch_number"]): (
            branch["histories"][0]["values"] | {"applicant_code": policy["applicant_code"]}
        )
        for policy in expected
        for branch in policy["branches"]
    }


@pytest.mark.parametrize(("example", "file", "form", "charset"), EVERY_WAY)
def test_errors_point_at_the_expected_items(
    example: str, file: str, form: Form, charset: Charset
) -> None:
    """Given an example with errors, when it is judged, then each points at an expected item."""
    expected = {
        (found["row"], found["rule_id"]): set(found["fields"])
        for kind in ("record_errors", "record_warnings")
        for found in _expected(example)[kind]
    }

    judgement, _ = _judged(example, file, form, charset)

    found = judgement.findings.rows_by_key(("row", "rule"), named=True)
    assert all(set(found[key][0]["item_nos"]) & fields for key, fields in expected.items())


def _expected(example: str) -> Any:
    folder = given.EXAMPLES / example
    named = folder / "expected.json"
    return json.loads((named if named.exists() else folder / "expected_errors.json").read_text())


def _judged(example: str, file: str, form: Form, charset: Charset) -> tuple[Judgement, Layout]:
    story = json.loads((given.EXAMPLES / example / "case.json").read_text())
    reading = Reading(form, charset)
    content = (given.EXAMPLES / example / file).read_bytes()
    rows = numbered(pl.concat(reading.frames([content])))
    assert reading.layout is not None
    received_on = today_in_japan(datetime.fromisoformat(story["received_at"]))
    case = Case(reading.layout, given.register(), story["submitter_shipper_code"], received_on)
    return judge(rows, case, limit=100), reading.layout


def _errors(judgement: Judgement) -> set[tuple[int, str]]:
    return _found(judgement, "ERROR")


def _warnings(judgement: Judgement) -> set[tuple[int, str]]:
    return _found(judgement, "WARNING")


def _found(judgement: Judgement, severity: str) -> set[tuple[int, str]]:
    found = judgement.findings.filter(pl.col("severity") == severity)
    return set(found.select("row", "rule").rows())


def _wanted(findings: list[Mapping[str, Any]]) -> set[tuple[int, str]]:
    return {(found["row"], found["rule_id"]) for found in findings}


def _histories(accepted: pl.DataFrame, layout: Layout) -> dict[tuple[str, str], Any]:
    return {
        (row["policy_number"], row["branch_number"]): _values(row, layout)
        for row in accepted.iter_rows(named=True)
    }


def _values(row: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """Write a row as the examples do: blank items absent, settlements as a list."""
    plain = layout.where(lambda column: column.slot is None and column.name in row)
    left_out = {"branch_office_code", "agreement_code", "branch_number", "application_date"}
    values = {column.name: _text(row[column.name]) for column in plain}
    settlements = [_settlement(row, layout, slot) for slot in layout.every_slot]
    return {
        **{name: text for name, text in values.items() if text and name not in left_out},
        "settlements": [settlement for settlement in settlements if len(settlement) > 1],
    }


def _settlement(row: Mapping[str, Any], layout: Layout, slot: int) -> dict[str, Any]:
    columns = layout.where(lambda column: column.slot == slot)
    texts = {column.field: _text(row[column.name]) for column in columns}
    return {"slot": slot, **{name: text for name, text in texts.items() if text}}


def _text(value: Any) -> str | None:
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
