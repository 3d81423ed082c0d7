"""Ledgers as files: the columns in which the items of a history are written out."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select
from starlette.responses import StreamingResponse

from libs.common.cells import Cell, Column, Row
from libs.common.cells import Kind as CellKind
from libs.common.database import Databases
from libs.common.exports import MAX_ROWS, ExportWish, rows_of
from libs.common.money import canonical

from ..domain.layout import Column as Item
from ..domain.layout import Kind
from ..domain.states import ITEMS
from ..errors import TooLongForWorkbook
from ..queries.items import OF_THE_HISTORY, PLAIN_ITEMS

_DAYS = {"contract_change_date", "valid_from"}
_SLOTTED = tuple(item for item in ITEMS if item.slot is not None)


def _kind(item: Item) -> CellKind:
    match item.kind:
        case Kind.AMOUNT | Kind.RATE:
            return "number"
        case Kind.DATE:
            return "date"
        case Kind.TEXT:
            return "text"
        case _:
            return "code"


COLUMNS = (
    Column("applicant_code", "code"),
    *(Column(name, "date" if name in _DAYS else "code") for name in OF_THE_HISTORY),
    *(Column(item.name, _kind(item)) for item in ITEMS if item.slot is None),
    *(Column(item.name, _kind(item)) for item in _SLOTTED),
)
"""What ledgers of both kinds tell of a history, settlement by settlement at the end."""


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A ledger that is taken as a file: its name, its lines, and what stands before the items."""

    name: str
    line_count: int
    lines: Select[Any]
    columns: Sequence[Column]
    cells: Callable[[Any], Sequence[Cell]]

    def of(self, export: ExportWish, databases: Databases, tenant: str) -> StreamingResponse:
        """Answer with it, read line by line while it is written.

        Raises: TooLongForWorkbook.
        """
        # A workbook takes far more time than text, and no machine asks for one.
        if export.format == "xlsx" and self.line_count > MAX_ROWS:
            raise TooLongForWorkbook
        rows = self._rows(rows_of(databases, tenant, self.lines, self.line_count))
        return export.of(self.name, (*self.columns, *COLUMNS), rows)

    async def _rows(self, found: AsyncIterator[Any]) -> AsyncIterator[Row]:
        async for line in found:
            yield (*self.cells(line), *_items(line))


def _items(line: Any) -> list[Cell]:
    """Write the items of one line's history, in the order of `COLUMNS`."""
    names = ("applicant_code", *OF_THE_HISTORY, *PLAIN_ITEMS)
    settlements = {it["slot"]: it for it in line.settlements or ()}
    slotted = (settlements.get(it.slot, {}).get(it.field) for it in _SLOTTED)
    return [
        *(_plain(getattr(line, name)) for name in names),
        *(_typed(it, cell) for it, cell in zip(_SLOTTED, slotted, strict=True)),
    ]


def _plain(cell: Any) -> Cell:
    if isinstance(cell, bool):
        # As in the files that came in: 1, or nothing.
        return "1" if cell else None
    return Decimal(canonical(cell)) if isinstance(cell, Decimal) else cell


def _typed(item: Item, cell: str | None) -> Cell:
    """Give a settlement's item, kept as text, its type again."""
    if cell is None:
        return None
    match _kind(item):
        case "number":
            return _plain(Decimal(cell))
        case "date":
            return date.fromisoformat(cell)
        case _:
            return cell
