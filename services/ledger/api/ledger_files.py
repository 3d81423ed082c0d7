"""Ledgers as files: every item of each line, made in frames, however many lines there are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import Depends, Query

from libs.common.cells import Cell, Column, Row, guarded
from libs.common.cells import Kind as CellKind
from libs.common.downloads import Download
from libs.common.exports import (
    MAX_ROWS,
    Charset,
    ExportWish,
    as_csv,
    as_files,
    encoded,
)

from ..domain.layout import Kind
from ..domain.records import as_records
from ..domain.sheet import written_out
from ..domain.states import ITEMS
from ..errors import TooLongForWorkbook
from ..queries.items import OF_THE_HISTORY

_KINDS: dict[Kind, CellKind] = {
    Kind.AMOUNT: "number",
    Kind.RATE: "number",
    Kind.DATE: "date",
    Kind.TEXT: "text",
}
_DAYS = {"contract_change_date", "valid_from"}
_COLUMNS = (
    Column("applicant_code", "code"),
    *(Column(name, "date" if name in _DAYS else "code") for name in OF_THE_HISTORY),
    *(Column(item.name, _KINDS.get(item.kind, "code")) for item in ITEMS),
)
_TYPES: dict[CellKind, Callable[[str], Cell]] = {"number": Decimal, "date": date.fromisoformat}


_FIXED_WIDTH = "text/plain; charset=cp932"


@dataclass(frozen=True, slots=True)
class FixedWidth:
    """The wish for records of fixed width, as new applications are sent in."""


async def _ledger_export(
    format: Annotated[  # noqa: A002 (its name on the wire)
        Literal["csv", "jsonl", "xlsx", "fixed"],
        Query(description="`jsonl` is lossless; `fixed` gives records of layout 2103."),
    ] = "csv",
    charset: Annotated[
        Charset, Query(description="Of CSV; what cp932 lacks becomes 〓.")
    ] = "utf-8",
) -> ExportWish | FixedWidth:
    return FixedWidth() if format == "fixed" else ExportWish(format, charset)


LedgerExport = Annotated[ExportWish | FixedWidth, Depends(_ledger_export)]
"""An endpoint's parameter: as what kind of file a request wants a ledger."""


def as_ledger_files() -> dict[int | str, dict[str, Any]]:
    """Describe a ledger as a file, for `responses=`."""
    described = as_files()
    described[200]["content"]["text/plain"] = {"schema": {"type": "string", "format": "binary"}}
    return described


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A ledger that is taken as a file.

    Shape: `head` are the columns before the items, `prepared` makes them from a frame as read.
    """

    name: str
    line_count: int
    frames: AsyncIterator[pl.DataFrame]
    head: Sequence[Column]
    prepared: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame

    def of(self, export: ExportWish | FixedWidth) -> Download:
        """Answer with it, read while it is written.

        Raises: TooLongForWorkbook.
        """
        if isinstance(export, FixedWidth):
            return Download(f"{self.name}.fd", _FIXED_WIDTH, self._records())
        match export.format:
            case "csv":
                pieces = as_csv(self._columns, self._texts(), export.charset)
                return export.answer(self.name, pieces)
            case "jsonl":
                return export.answer(self.name, self._objects())
            case "xlsx":
                # It takes far more time than text, and no machine asks for it.
                if self.line_count > MAX_ROWS:
                    raise TooLongForWorkbook
                return export.of(self.name, self._columns, self._rows())

    async def _records(self) -> AsyncIterator[bytes]:
        async for sheet in self._sheets():
            text = await asyncio.to_thread(as_records, sheet)
            yield encoded(text, "cp932")

    @property
    def _columns(self) -> Sequence[Column]:
        return (*self.head, *_COLUMNS)

    async def _sheets(self) -> AsyncIterator[pl.DataFrame]:
        async for frame in self.frames:
            yield await asyncio.to_thread(self._sheet, frame)

    def _sheet(self, frame: pl.DataFrame) -> pl.DataFrame:
        return written_out(self.prepared(frame), [column.name for column in self._columns])

    async def _texts(self) -> AsyncIterator[str]:
        async for sheet in self._sheets():
            yield await asyncio.to_thread(self._as_csv, sheet)

    def _as_csv(self, sheet: pl.DataFrame) -> str:
        shown = [
            pl.col(column.name).map_elements(guarded, pl.String)
            for column in self._columns
            if column.kind == "text"
        ]
        guarded_sheet = sheet.with_columns(shown)
        return guarded_sheet.write_csv(
            include_header=False, quote_style="always", line_terminator="\r\n"
        )

    async def _objects(self) -> AsyncIterator[bytes]:
        async for sheet in self._sheets():
            yield (await asyncio.to_thread(sheet.write_ndjson)).encode()

    async def _rows(self) -> AsyncIterator[Row]:
        types = [_TYPES.get(column.kind, str) for column in self._columns]
        async for sheet in self._sheets():
            for row in sheet.iter_rows():
                yield [
                    None if cell is None else typed(cell)
                    for typed, cell in zip(types, row, strict=True)
                ]
