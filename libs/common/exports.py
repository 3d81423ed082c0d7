"""Lists as files: CSV, JSON lines or a spreadsheet, with nothing lost on the way.

Text is guarded against being run as a formula; codes, numbers and dates keep their type and stay
exact. JSON lines change nothing at all: machines ask for those.
"""

import asyncio
import codecs
import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from .cells import Column, Row, as_text, shown
from .database import Databases
from .downloads import Download, as_download
from .errors import ExportTooLarge
from .spreadsheets import as_xlsx

MAX_ROWS = 100_000

Format = Literal["csv", "jsonl", "xlsx"]
Charset = Literal["utf-8", "utf-8-bom", "cp932"]

_GETA = "geta"  # 〓: what Japanese printers set for a letter they do not have
_ROWS_AT_ONCE = 1000
_BYTE_ORDER_MARK = "\ufeff"
_MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class ExportWish:
    """As what kind of file a request wants a list."""

    format: Format
    charset: Charset

    def of(self, name: str, columns: Sequence[Column], rows: AsyncIterator[Row]) -> Download:
        """Answer with the list as a file to keep, called `name` plus its ending."""
        return self.answer(name, self._written(columns, rows))

    def answer(self, name: str, pieces: AsyncIterator[bytes]) -> Download:
        """Answer with a file that is already written in this format."""
        media_type = _MEDIA_TYPES[self.format]
        if self.format == "csv":
            media_type += "; charset=" + self.charset.removesuffix("-bom")
        return Download(f"{name}.{self.format}", media_type, pieces)

    def _written(self, columns: Sequence[Column], rows: AsyncIterator[Row]) -> AsyncIterator[bytes]:
        match self.format:
            case "csv":
                return as_csv(columns, _csv_texts(columns, _batches(rows)), self.charset)
            case "jsonl":
                return _as_jsonl(columns, _batches(rows))
            case "xlsx":
                return as_xlsx(columns, _batches(rows))


async def _export_wish(
    format: Annotated[  # noqa: A002 (its name on the wire)
        Format, Query(description="`jsonl` is lossless.")
    ] = "csv",
    charset: Annotated[
        Charset, Query(description="Of CSV; what cp932 lacks becomes 〓.")
    ] = "utf-8",
) -> ExportWish:
    return ExportWish(format, charset)


Export = Annotated[ExportWish, Depends(_export_wish)]
"""An endpoint's parameter: `return export.of("buyers", COLUMNS, rows_of(...))`."""


def as_files(*formats: Format) -> dict[int | str, dict[str, Any]]:
    """Describe an exported list, for `responses=`: in every format, if none is named."""
    return as_download("The list.", *(_MEDIA_TYPES[name] for name in formats or _MEDIA_TYPES))


async def check_size(tx: AsyncSession, query: Select[Any]) -> None:
    """Refuse a list that is too long for a file, before the first byte is sent.

    Raises: ExportTooLarge.
    """
    some = query.order_by(None).limit(MAX_ROWS + 1).subquery()
    if (await tx.scalar(select(func.count()).select_from(some)) or 0) > MAX_ROWS:
        raise ExportTooLarge


async def rows_of(
    databases: Databases, tenant: str, query: Select[Any], at_most: int | None = MAX_ROWS
) -> AsyncIterator[Row]:
    """Read the rows while the file is written, in a transaction that outlives the endpoint.

    `at_most` is None where a file has no bound.
    """
    async with databases.tenant(tenant) as tx:
        found = await tx.stream(query.limit(at_most).execution_options(yield_per=_ROWS_AT_ONCE))
        async for row in found:
            yield row


async def _batches(rows: AsyncIterator[Row]) -> AsyncIterator[list[Row]]:
    batch: list[Row] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == _ROWS_AT_ONCE:
            yield batch
            batch = []
    yield batch


async def as_csv(
    columns: Sequence[Column], texts: AsyncIterator[str], charset: Charset
) -> AsyncIterator[bytes]:
    """Put the names of the columns before lines of CSV, and write it all in a charset."""
    begin = _BYTE_ORDER_MARK if charset == "utf-8-bom" else ""
    yield encoded(begin + _csv_lines([[column.name for column in columns]]), charset)
    async for text in texts:
        yield await asyncio.to_thread(encoded, text, charset)


async def _csv_texts(
    columns: Sequence[Column], batches: AsyncIterator[list[Row]]
) -> AsyncIterator[str]:
    async for batch in batches:
        lines = [
            [shown(column, cell) for column, cell in zip(columns, row, strict=True)]
            for row in batch
        ]
        yield _csv_lines(lines)


async def _as_jsonl(
    columns: Sequence[Column], batches: AsyncIterator[list[Row]]
) -> AsyncIterator[bytes]:
    async for batch in batches:
        lines = [
            {
                column.name: None if cell is None else as_text(cell)
                for column, cell in zip(columns, row, strict=True)
            }
            for row in batch
        ]
        yield "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _csv_lines(lines: Sequence[Sequence[str]]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(lines)
    return written.getvalue()


def encoded(text: str, charset: Charset) -> bytes:
    """Write a text in a charset; what cp932 lacks becomes 〓."""
    return text.encode("cp932", _GETA) if charset == "cp932" else text.encode()


def _with_geta(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "〓" * (error.end - error.start), error.end


codecs.register_error(_GETA, _with_geta)
