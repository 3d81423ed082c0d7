"""Rows by hand: JSON becomes the one row of a file, and findings point back into the JSON."""

from typing import Any

import pytest

from services.ledger.domain.by_hand import (
    Processing,
    as_rows,
    layout_of,
    misplaced,
    pointer_to,
)

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

    assert pointer_to("payer_code", None, content) == "#/payer_code"
    assert pointer_to("serial_number", None, content) == "#/policy_number"
    assert pointer_to("processing_type", None, content) == "#/processing"
    assert pointer_to("guarantor_code", None, content) == "#/clear/0"
    assert pointer_to("due_date", 3, content) == "#/settlements/0/due_date"
    assert pointer_to("usance_unit", 3, content) == "#/settlements/0/usance_unit"
    assert pointer_to("settlement_method", 1, content) == "#/settlements"


def test_an_entry_is_of_the_longest_layout() -> None:
    """Given each kind of processing, when its layout is chosen, then five settlements fit."""
    assert {(layout_of(it).code, layout_of(it).slots) for it in Processing} == {
        ("2103", 5),
        ("2110", 5),
    }
