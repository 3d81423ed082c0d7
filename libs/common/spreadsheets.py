"""A list as an xlsx workbook, written in constant memory beside the event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from decimal import Decimal
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

import xlsxwriter

from .cells import Cell, Column, Row, as_text, shown

_MIB = 1024 * 1024
# Spreadsheets count in binary fractions: a longer number would come back changed.
_EXACT_DIGITS = 15


async def as_xlsx(
    columns: Sequence[Column], batches: AsyncIterator[Sequence[Row]]
) -> AsyncIterator[bytes]:
    """Write the whole workbook to disk, then give it in pieces; its format allows no sooner."""
    # A folder of its own, so that nothing stays of a workbook whose reader went away.
    with TemporaryDirectory() as folder, TemporaryFile(dir=folder) as file:
        sheet = _Sheet(file, folder, columns)
        async for rows in batches:
            await asyncio.to_thread(sheet.add, rows)
        await asyncio.to_thread(sheet.close)
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, _MIB):
            yield piece


class _Sheet:
    """The one sheet of a workbook, filled from top to bottom."""

    def __init__(self, file: IO[bytes], folder: str, columns: Sequence[Column]) -> None:
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        self._sheet = self._book.add_worksheet()
        self._columns = columns
        self._formats: dict[str, Any] = {}
        self._height = 0
        for place, column in enumerate(columns):
            if column.kind == "code":
                # Also where nothing is written: what is typed there keeps its zeros.
                self._sheet.set_column(place, place, None, self._format("@"))
        self._add_strings([column.name for column in columns])

    def add(self, rows: Iterable[Row]) -> None:
        """Write some more rows."""
        for row in rows:
            for place, (column, cell) in enumerate(zip(self._columns, row, strict=True)):
                self._write(place, column, cell)
            self._height += 1

    def close(self) -> None:
        """Finish the workbook."""
        self._book.close()

    def _add_strings(self, cells: Iterable[str]) -> None:
        for place, cell in enumerate(cells):
            self._sheet.write_string(self._height, place, cell)
        self._height += 1

    def _write(self, place: int, column: Column, cell: Cell) -> None:
        at = (self._height, place)
        match column.kind, cell:
            case _, None:
                return
            case "number", Decimal() | int() as number if _fits(Decimal(number)):
                self._sheet.write_number(*at, float(number), self._format(_digits(number)))
            case "date", date() as day:
                self._sheet.write_datetime(*at, day, self._format("yyyy-mm-dd"))
            case "text", _:
                self._sheet.write_string(*at, shown(column, cell))
            case _:
                self._sheet.write_string(*at, as_text(cell), self._format("@"))

    def _format(self, pattern: str) -> Any:
        if pattern not in self._formats:
            self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return self._formats[pattern]


def _fits(number: Decimal) -> bool:
    return len(number.as_tuple().digits) <= _EXACT_DIGITS


def _digits(number: Decimal | int) -> str:
    """Give the pattern that shows a number with the decimals it has."""
    _, _, decimals = as_text(number).partition(".")
    return "0." + "0" * len(decimals) if decimals else "0"
