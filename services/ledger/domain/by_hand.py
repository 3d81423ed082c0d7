"""Entries (個別入力): what is written by hand becomes the rows of a file, and is judged as such.

An entry's content is JSON: members named as the fields of a layout, but `policy_number` for the
four items it is made of, days as `2026-08-25`, flags as true and false, `settlements` as a list
and `clear` for the items to be emptied. A flag that is false is emptied, too. What takes several
rows, a contract of several branches or the split of one, has the others in `further_rows`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from .cells import (
    ADD,
    CANCELLATION,
    CHANGE,
    CORRECTION,
    DELETE,
    LATE_CORRECTION,
    MODIFY,
    RAISED,
)
from .change_cells import CLEAR
from .findings import Finding
from .layout import CHANGES_EXTENDED, NEW_APPLICATIONS_EXTENDED, Kind, Layout, slotted
from .partition import POLICY, POLICY_ITEMS, POLICY_PARTS, numbered

Content = Mapping[str, Any]


class Processing(StrEnum):
    """What an entry asks for (処理種別). Source: ledger notes §9."""

    NEW = "NEW"
    CHANGE = "CHANGE"
    CORRECT_ISSUED = "CORRECT_ISSUED"
    CORRECT = "CORRECT"
    CANCEL = "CANCEL"


_TYPES = {
    Processing.CHANGE: CHANGE,
    Processing.CORRECT_ISSUED: LATE_CORRECTION,
    Processing.CORRECT: CORRECTION,
    Processing.CANCEL: CANCELLATION,
}
_BLOCK_FLAGS = {"DELETE": DELETE, "MODIFY": MODIFY, "ADD": ADD}
_NOT_CELLS = (POLICY, "evidence_case", "slot", "settlements", "clear", "further_rows")
_OF_ALL_ROWS = {
    **dict.fromkeys(POLICY_ITEMS, "#/policy_number"),
    "processing_type": "#/processing",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of an entry: where it stands, and its members."""

    at: str
    members: Content


@dataclass(frozen=True, slots=True)
class _Place:
    """One item as it stands in an entry: where, in which column of a row, and what."""

    pointer: str
    column: str
    value: Any


def layout_of(processing: Processing) -> Layout:
    """Choose the layout an entry is a row of: the one with room for five settlements."""
    return NEW_APPLICATIONS_EXTENDED if processing is Processing.NEW else CHANGES_EXTENDED


def misplaced(processing: Processing, content: Content) -> list[str]:
    """Point at what does not belong to a kind of processing.

    Nothing of a new application is emptied; evidence is declared of new ones only.
    """
    names = layout_of(processing).names
    is_new = processing is Processing.NEW
    emptied = [] if is_new else names
    declared = ["#/evidence_case"] if "evidence_case" in content and not is_new else []
    return declared + [
        place.pointer
        for row in _rows(content)
        for places, known in ((_filled(row), names), (_emptied(row), emptied))
        for place in places
        if place.column not in known
    ]


def as_rows(processing: Processing, content: Content) -> pl.DataFrame:
    """Write an entry as the rows of a file.

    Shape: as `reading` gives rows, numbered.
    """
    layout, number = layout_of(processing), content.get(POLICY) or ""
    common = {name: number[begin:end] for name, (begin, end) in POLICY_PARTS.items()}
    if processing is not Processing.NEW:
        common["processing_type"] = _TYPES[processing]
    rows = [_cells(layout, common, row) for row in _rows(content)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(layout.names, pl.String))
    return numbered(frame.with_row_index("row", offset=1))


def pointer_to(finding: Finding, content: Content) -> str | None:
    """Point at the member of an entry that a finding is about, or at where it is missing."""
    row, field = _rows(content)[(finding.row or 1) - 1], finding.field
    if field is None:
        return None
    for place in (*_filled(row), *_emptied(row)):
        if place.column == slotted(field, finding.slot):
            return place.pointer
    if finding.slot is None:
        return _OF_ALL_ROWS.get(field, f"{row.at}/{field}")
    slots = [settlement["slot"] for settlement in row.members.get("settlements", ())]
    known = finding.slot in slots
    settlements = f"{row.at}/settlements"
    return f"{settlements}/{slots.index(finding.slot)}/{field}" if known else settlements


def _rows(content: Content) -> list[_Row]:
    further = enumerate(content.get("further_rows", ()))
    return [_Row("#", content), *(_Row(f"#/further_rows/{index}", row) for index, row in further)]


def _cells(layout: Layout, common: Mapping[str, str], row: _Row) -> dict[str, str | None]:
    cells = {**common}
    cells |= {place.column: CLEAR for place in _emptied(row)}
    # What is filled in is not emptied.
    cells |= {place.column: _cell(layout, place) for place in _filled(row)}
    return {name: cells.get(name, "").strip(" ") or None for name in layout.names}


def _filled(row: _Row) -> Iterator[_Place]:
    for at, slot, members in _blocks(row):
        for name, value in members.items():
            if name not in _NOT_CELLS:
                yield _Place(f"{at}/{name}", slotted(name, slot), value)


def _emptied(row: _Row) -> Iterator[_Place]:
    for at, slot, members in _blocks(row):
        for index, name in enumerate(members.get("clear", ())):
            yield _Place(f"{at}/clear/{index}", slotted(name, slot), CLEAR)


def _blocks(row: _Row) -> Iterator[tuple[str, int | None, Content]]:
    yield row.at, None, row.members
    for index, settlement in enumerate(row.members.get("settlements", ())):
        yield f"{row.at}/settlements/{index}", settlement["slot"], settlement


def _cell(layout: Layout, place: _Place) -> str:
    kind, value = layout[place.column].kind, place.value
    if kind is Kind.DATE:
        return f"{date.fromisoformat(value):%y%m%d}"
    if kind is Kind.BLOCK_FLAG:
        return _BLOCK_FLAGS[value]
    if kind is Kind.FLAG:
        # On a new application there is nothing to empty.
        return RAISED if value else CLEAR if layout is CHANGES_EXTENDED else ""
    return str(value)
