"""Layouts: their columns, their bytes, and how a record shows which one it is."""

import pytest

from services.ledger.domain.layout import (
    BY_CODE,
    LAYOUTS,
    NEW_APPLICATIONS,
    NEW_APPLICATIONS_EXTENDED,
    Layout,
    by_bytes,
    by_columns,
    column_letter,
)


@pytest.mark.parametrize(
    ("code", "slots", "columns", "record_bytes"),
    [("2103", 2, 49, 353), ("2103", 5, 70, 491), ("2110", 2, 57, 369), ("2110", 5, 81, 510)],
)
def test_a_record_shows_its_layout_by_columns_and_by_bytes(
    code: str, slots: int, columns: int, record_bytes: int
) -> None:
    """Given the four layouts, when columns or bytes are counted, then each is the only one."""
    layout = BY_CODE[code, slots]

    assert by_columns(columns) is layout
    assert by_bytes(record_bytes) is layout


def test_other_widths_show_nothing() -> None:
    """Given a column too few or a byte too many, when the layout is sought, then there is none."""
    assert by_columns(48) is None
    assert by_bytes(354) is None


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.code}-{layout.slots}")
def test_columns_follow_each_other_without_a_gap(layout: Layout) -> None:
    """Given a layout, when its columns are lined up, then each begins where the last one ends."""
    ends = [column.begins + column.width for column in layout.columns]

    assert [column.begins for column in layout.columns] == [0, *ends[:-1]]
    assert [column.position for column in layout.columns] == list(range(1, len(ends) + 1))


def test_a_settlement_item_has_one_number_and_a_column_per_slot() -> None:
    """Given five settlements, when the due date is looked up, then it is item 40 five times."""
    columns = NEW_APPLICATIONS_EXTENDED.where(lambda column: column.field == "due_date")

    assert {column.item_no for column in columns} == {40}
    assert [column.letter for column in columns] == ["AN", "AU", "BB", "BI", "BP"]


def test_mandatory_items_are_those_of_the_sheet() -> None:
    """Given the new application, when mandatory items are listed, then they are the sheet's."""
    mandatory = NEW_APPLICATIONS.where(lambda column: column.mandatory)

    numbers = [1, 2, 3, 4, 6, 10, 11, 12, 14, 15, 18, 20, 21, 23, 24, 25, 33, 34, 36]
    assert [column.item_no for column in mandatory] == numbers


def test_letters_go_on_after_z() -> None:
    """Given positions, when they are lettered, then they read as in a spreadsheet."""
    assert [column_letter(n) for n in (1, 26, 27, 52, 53, 702, 703)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]
