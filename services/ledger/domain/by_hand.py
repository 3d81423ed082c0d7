"""Entries (個別入力): what is written by hand becomes the one row of a file, and is judged as such.

An entry's content is JSON: members named as the fields of a layout, but `policy_number` for the
four items it is made of, days as `2026-08-25`, flags as true and false, `settlements` as a list
and `clear` for the items to be emptied. A flag that is false is emptied, too.
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
_NOT_CELLS = (POLICY, "slot", "settlements", "clear")
_IN_OTHER_WORDS = {**dict.fromkeys(POLICY_ITEMS, POLICY), "processing_type": "processing"}


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
    """Point at what does not belong to a kind of processing; nothing of a new one is emptied."""
    names = layout_of(processing).names
    emptied = [] if processing is Processing.NEW else names
    return [
        *(place.pointer for place in _filled(content) if place.column not in names),
        *(place.pointer for place in _emptied(content) if place.column not in emptied),
    ]


def as_rows(processing: Processing, content: Content) -> pl.DataFrame:
    """Write an entry as the only row of a file.

    Shape: as `reading` gives rows, numbered.
    """
    layout, number = layout_of(processing), content.get(POLICY) or ""
    cells = {name: number[begin:end] for name, (begin, end) in POLICY_PARTS.items()}
    cells |= {place.column: CLEAR for place in _emptied(content)}
    # What is filled in is not emptied.
    cells |= {place.column: _cell(layout, place) for place in _filled(content)}
    if processing is not Processing.NEW:
        cells["processing_type"] = _TYPES[processing]
    row = {name: cells.get(name, "").strip(" ") or None for name in layout.names}
    frame = pl.DataFrame([row], schema=dict.fromkeys(layout.names, pl.String))
    return numbered(frame.insert_column(0, pl.Series("row", [1], pl.UInt32)))


def pointer_to(field: str, slot: int | None, content: Content) -> str:
    """Point at the member of an entry that a finding is about, or at where it is missing."""
    for place in (*_filled(content), *_emptied(content)):
        if place.column == slotted(field, slot):
            return place.pointer
    if slot is None:
        return f"#/{_IN_OTHER_WORDS.get(field, field)}"
    slots = [settlement["slot"] for settlement in content.get("settlements", ())]
    return f"#/settlements/{slots.index(slot)}/{field}" if slot in slots else "#/settlements"


def _filled(content: Content) -> Iterator[_Place]:
    for at, slot, members in _blocks(content):
        for name, value in members.items():
            if name not in _NOT_CELLS:
                yield _Place(f"{at}/{name}", slotted(name, slot), value)


def _emptied(content: Content) -> Iterator[_Place]:
    for at, slot, members in _blocks(content):
        for index, name in enumerate(members.get("clear", ())):
            yield _Place(f"{at}/clear/{index}", slotted(name, slot), CLEAR)


def _blocks(content: Content) -> Iterator[tuple[str, int | None, Content]]:
    yield "#", None, content
    for index, settlement in enumerate(content.get("settlements", ())):
        yield f"#/settlements/{index}", settlement["slot"], settlement


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
