"""Exports of the access history (アクセス履歴の出力): a part of the chain, and its proof.

A part of a chain never changes: an export only says which part it is, and its file is written
while it is downloaded. A checkpoint is signed for its very end.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.cells import Column, Row
from libs.common.database import Databases
from libs.common.wire import new_id, utc_text

from .. import queries, tables
from ..domain import throttling
from ..domain.history import is_exportable
from ..errors import ExportRangeRefused
from . import history_files
from .acting import Acting
from .checkpoints import sign
from .history import Deed, fields_of
from .history_chain import genesis
from .throttling import count, subject

_ROWS_AT_ONCE = 1000
_NUMBERS = ("seq",)
_CODES = ("event_id", "occurred_at", "prev_hash", "entry_hash", "sid_hash", "request_id")

COLUMNS = [
    Column(it.name, "number" if it.name in _NUMBERS else "code" if it.name in _CODES else "text")
    for it in tables.HistoryEntry.__table__.columns
]
"""What stands in the columns of a CSV: every member of an entry."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """Which part of the history somebody wants, and as what file."""

    occurred_at_from: datetime
    occurred_at_to: datetime
    format: str
    charset: str


async def count_export(acting: Acting) -> None:
    """Count an export: a person may make five in an hour.

    Raises: RateLimited.
    """
    own = subject(throttling.EXPORT, acting.caller.subject)
    await count(acting.desk.databases, throttling.EXPORT, own, acting.now)


async def request(tx: AsyncSession, acting: Acting, wish: ExportWish) -> tables.HistoryExport:
    """Fix a part of the history to be taken away, and sign its end; itself written down.

    Raises: ExportRangeRefused.
    """
    if not is_exportable(wish.occurred_at_from, wish.occurred_at_to):
        raise ExportRangeRefused
    span = await queries.history_span(tx, wish.occurred_at_from, wish.occurred_at_to)
    first, last = span or (1, 0)
    if span is not None:
        # Locked: of two who take the same part away at once, the second finds its end signed.
        await queries.history_head(tx, locked=True)
        end = await tx.get_one(tables.HistoryEntry, (acting.caller.tenant, last))
        await sign(tx, acting.desk, last, end.entry_hash, acting.now)
    row = tables.HistoryExport(
        tenant=acting.caller.tenant,
        export_id=new_id("history_export"),
        format=wish.format,
        charset=wish.charset,
        occurred_at_from=wish.occurred_at_from,
        occurred_at_to=wish.occurred_at_to,
        first_seq=first,
        last_seq=last,
        requested_by=acting.caller.subject,
        requested_at=acting.now,
    )
    tx.add(row)
    await acting.note(tx, Deed("access-history.export", target=row.export_id))
    return row


async def download(acting: Acting, export_id: str) -> tables.HistoryExport:
    """Find an export to be taken away, and write down that it is.

    Raises: HistoryExportNotFound.
    """
    async with acting.desk.databases.tenant(acting.caller.tenant) as tx:
        found = await queries.history_export(tx, export_id)
        await acting.note(tx, Deed("access-history.download", target=export_id))
        return found


async def rows(databases: Databases, export: tables.HistoryExport) -> AsyncIterator[Row]:
    """Read the entries of an export as the rows of a table."""
    async with databases.tenant(export.tenant) as tx:
        async for entry in _entries(tx, export):
            yield [_cell(getattr(entry, column.name)) for column in COLUMNS]


async def lines(databases: Databases, export: tables.HistoryExport) -> AsyncIterator[bytes]:
    """Write an export as JSON lines that prove themselves."""
    async with databases.tenant(export.tenant) as tx:
        found = await queries.history_checkpoints(tx, export.first_seq, export.last_seq)
        points = {point.size: point for point in found}
        begun = False
        async for entry in _entries(tx, export):
            if not begun:
                begun = True
                yield _beginning(export, entry.prev_hash)
            yield _line(
                history_files.entry_line(fields_of(entry), entry.prev_hash, entry.entry_hash)
            )
            if (point := points.get(entry.seq)) is not None:
                yield _line(
                    history_files.checkpoint_line(point.size, point.head_hash, point.signature)
                )
        if not begun:
            yield _beginning(export, genesis(export.tenant))


def _beginning(export: tables.HistoryExport, before: bytes) -> bytes:
    part = (export.tenant, export.first_seq, export.last_seq)
    return _line(history_files.beginning(*part, before))


def _line(members: history_files.Json) -> bytes:
    return json.dumps(members, ensure_ascii=False).encode() + b"\n"


async def _entries(
    tx: AsyncSession, export: tables.HistoryExport
) -> AsyncIterator[tables.HistoryEntry]:
    part = queries.history_between(export.first_seq, export.last_seq)
    found = await tx.stream_scalars(part.execution_options(yield_per=_ROWS_AT_ONCE))
    async for entry in found:
        yield entry


def _cell(value: object) -> str | int | None:
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, bytes):
        return value.hex()
    return utc_text(value) if isinstance(value, datetime) else json.dumps(value)
