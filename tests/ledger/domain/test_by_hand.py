"""Rows by hand: JSON becomes the rows of a file, and findings point back into the JSON."""

from typing import Any

import pytest

from services.ledger.domain.by_hand import (
    Processing,
    as_rows,
    layout_of,
    misplaced,
    pointer_to,
)
from services.ledger.domain.findings import Finding

APPLICATION: dict[str, Any] = {
    "policy_number": "1020010035726000501",
    "application_date": "2026-08-25",
    "contract_principal": "250000.5",
    "other_insurance_flag": True,
    "effectuation_condition_flag": False,
    "insured_department": " 機械 ",
    "settlements": [{"slot": 3, "settlement_method": "41", "due_date": "2027-02-26"}],
}


def row(processing: Processing, **content: Any) -> dict[str, str | None]:
    """The cells of the row that an entry becomes, but for the blank ones."""
    [cells] = as_rows(processing, content).to_dicts()
    return {name: cell for name, cell in cells.items() if cell is not None}


def test_an_entry_is_written_as_a_file_writes_it() -> None:
    """Given an application in JSON, when it becomes a row, then cells are those of a file."""
    assert row(Processing.NEW, **APPLICATION) == {
        "row": 1,
        "branch_office_code": "10",
        "agreement_code": "200100357",
        "fiscal_year": "26",
        "serial_number": "000501",
        "application_date": "260825",
        "contract_principal": "250000.5",
        "other_insurance_flag": "1",
        "insured_department": "機械",
        "settlement_method_3": "41",
        "due_date_3": "270226",
        "policy_number": "1020010035726000501",
        "bucket": 0,
    }


@pytest.mark.parametrize(
    ("processing", "code"),
    [("CHANGE", "2"), ("CORRECT_ISSUED", "3"), ("CORRECT", "4"), ("CANCEL", "5")],
)
def test_a_request_carries_its_processing_type(processing: str, code: str) -> None:
    """Given a request of each kind, when it becomes a row, then its type is the file's."""
    assert row(Processing(processing))["processing_type"] == code


def test_a_change_empties_what_it_says() -> None:
    """Given items to clear and a flag put down, when it becomes a row, then the marker is there."""
    settlement = {"slot": 2, "settlement_flag": "MODIFY", "clear": ["due_date"]}

    cells = row(
        Processing.CHANGE,
        clear=["guarantor_code", "contract_number"],
        contract_number="A-1",
        other_insurance_flag=False,
        shipment_flag="ADD",
        settlements=[settlement],
    )

    assert (cells["guarantor_code"], cells["other_insurance_flag"]) == ("-", "-")
    assert (cells["due_date_2"], cells["settlement_flag_2"]) == ("-", "2")
    assert (cells["contract_number"], cells["shipment_flag"]) == ("A-1", "3")


def test_an_empty_entry_is_an_empty_row() -> None:
    """Given nothing at all, when it becomes a row, then every item is blank."""
    assert row(Processing.NEW) == {"row": 1, "bucket": 0, "policy_number": ""}


def test_what_belongs_to_changes_is_misplaced_on_an_application() -> None:
    """Given members of a change on an application, when looked at, then each is pointed at."""
    settlement = {"slot": 1, "settlement_flag": "ADD", "clear": ["due_date"]}
    content = {"change_reason": "04", "clear": ["payer_code"], "settlements": [settlement]}

    assert misplaced(Processing.NEW, content) == [
        "#/change_reason",
        "#/settlements/0/settlement_flag",
        "#/clear/0",
        "#/settlements/0/clear/0",
    ]
    assert misplaced(Processing.CHANGE, content) == []
    assert misplaced(Processing.CHANGE, {"clear": ["nothing"]}) == ["#/clear/0"]


def test_a_finding_points_at_the_member_it_is_about() -> None:
    """Given an entry, when fields are pointed at, then by the place they have in it."""
    content = {**APPLICATION, "clear": ["guarantor_code"]}

    assert point("payer_code", content) == "#/payer_code"
    assert point("serial_number", content) == "#/policy_number"
    assert point("processing_type", content) == "#/processing"
    assert point("guarantor_code", content) == "#/clear/0"
    assert point("due_date", content, slot=3) == "#/settlements/0/due_date"
    assert point("usance_unit", content, slot=3) == "#/settlements/0/usance_unit"
    assert point("settlement_method", content, slot=1) == "#/settlements"
    assert point(None, content) is None


SPLIT: dict[str, Any] = {
    "policy_number": "1020010035726000501",
    "change_reason": "12",
    "further_rows": [
        {"branch_number": "01", "original_branch_number": "00", "clear": ["guarantor_code"]},
        {"branch_number": "02", "settlements": [{"slot": 2, "settlement_flag": "MODIFY"}]},
    ],
}


def test_an_entry_of_several_branches_is_as_many_rows() -> None:
    """Given a split in JSON, when it becomes rows, then all are of its policy and its kind."""
    rows = as_rows(Processing.CHANGE, SPLIT)

    told = ("row", "policy_number", "processing_type", "branch_number", "guarantor_code")
    assert rows.select(told).rows() == [
        (1, "1020010035726000501", "2", None, None),
        (2, "1020010035726000501", "2", "01", "-"),
        (3, "1020010035726000501", "2", "02", None),
    ]
    assert rows["settlement_flag_2"].to_list() == [None, None, "2"]


def test_a_finding_points_into_its_row() -> None:
    """Given an entry of several rows, when a field of one is pointed at, then it is in that row."""
    assert point("branch_number", SPLIT, row=2) == "#/further_rows/0/branch_number"
    assert point("guarantor_code", SPLIT, row=2) == "#/further_rows/0/clear/0"
    assert point("shipment_flag", SPLIT, row=3) == "#/further_rows/1/shipment_flag"
    assert point("due_date", SPLIT, row=3, slot=2) == "#/further_rows/1/settlements/0/due_date"
    assert point("serial_number", SPLIT, row=3) == "#/policy_number"


def test_what_does_not_belong_is_found_in_every_row() -> None:
    """Given further rows, when they hold what their kind does not know, then it is pointed at."""
    assert misplaced(Processing.CHANGE, SPLIT) == []
    assert misplaced(Processing.NEW, SPLIT) == [
        "#/change_reason",
        "#/further_rows/0/original_branch_number",
        "#/further_rows/0/clear/0",
        "#/further_rows/1/settlements/0/settlement_flag",
    ]


def test_evidence_is_declared_of_new_applications_only() -> None:
    """Given a case that needs evidence, when it stands on a change, then it does not belong."""
    declared = {"evidence_case": "E06"}

    assert misplaced(Processing.NEW, declared) == []
    assert misplaced(Processing.CORRECT, declared) == ["#/evidence_case"]
    assert row(Processing.NEW, **declared) == row(Processing.NEW)


def point(
    field: str | None, content: dict[str, Any], row: int = 1, slot: int | None = None
) -> str | None:
    """Where a fault of a field is pointed at."""
    return pointer_to(Finding("L000", "x", row=row, slot=slot, field=field), content)


def test_an_entry_is_of_the_longest_layout() -> None:
    """Given each kind of processing, when its layout is chosen, then five settlements fit."""
    assert {(layout_of(it).code, layout_of(it).slots) for it in Processing} == {
        ("2103", 5),
        ("2110", 5),
    }
