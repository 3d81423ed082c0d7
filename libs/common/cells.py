"""What stands in the columns of an exported list, and how each kind of cell is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["text", "code", "number", "date"]
Cell = str | Decimal | int | date | None
Row = Sequence[Cell]

_FORMULA_BEGINS = tuple("=+-@\t\r\n\0＝＋－＠")
_SPACES = " \u3000"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an exported list: its name, and what kind of cells it holds."""

    name: str
    kind: Kind


def as_text(cell: Cell) -> str:
    """Write a cell exactly: digits as they are, days as `2026-08-25`, nothing as nothing."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula.

    Source: security notes §5, which name these beginnings; only text columns need it.
    """
    return f"'{text}" if text.lstrip(_SPACES).startswith(_FORMULA_BEGINS) else text


def shown(column: Column, cell: Cell) -> str:
    """Write a cell for a person's spreadsheet."""
    return guarded(as_text(cell)) if column.kind == "text" else as_text(cell)
