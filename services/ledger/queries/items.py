"""The items of the histories that a ledger's lines name, read in frames of text."""

from collections.abc import AsyncIterator
from typing import Any

import polars as pl
from sqlalchemy import Select, select, true

from libs.common.database import Databases

from .. import tables
from ..domain.states import ITEMS
from .bulk import copy_out, written_out
from .cycle import History, same_state

OF_THE_HISTORY = (
    "status",
    "processing_type",
    "change_reason",
    "contract_change_date",
    "original_branch_number",
    "valid_from",
)
PLAIN_ITEMS = tuple(column.name for column in ITEMS if column.slot is None)

_LINES_AT_ONCE = 10_000

Line = type[tables.CheckLedgerLine] | type[tables.FixedLedgerLine]


async def frames(
    databases: Databases, tenant: str, lines: Select[Any], line: Line, count: int
) -> AsyncIterator[pl.DataFrame]:
    """Read the lines of a ledger with all items, some thousand at a time.

    Shape: the columns of `lines`, each joined with its contract; then `applicant_code`,
    `OF_THE_HISTORY`, `PLAIN_ITEMS` and `settlements`, all as text; null for a line that names no
    history.
    """
    wanted = _with_items(lines, line).where(line.tenant == tenant)
    names = [column.name for column in wanted.selected_columns]
    async with databases.tenant(tenant) as tx:
        # By number: however long the ledger is, a part of it takes the same memory.
        for after in range(0, count, _LINES_AT_ONCE):
            part = wanted.where(line.line > after, line.line <= after + _LINES_AT_ONCE)
            yield await copy_out(tx, written_out(part), names)


def _with_items(lines: Select[Any], line: Line) -> Select[Any]:
    # A revision may have been told again with another end; its content never differs.
    told = (
        select(History)
        .where(same_state(History, line))
        .order_by(History.known_from)
        .limit(1)
        .lateral("told")
    )
    names = (*OF_THE_HISTORY, *PLAIN_ITEMS, "settlements")
    return lines.outerjoin(told, true()).add_columns(
        tables.Contract.applicant_code, *(told.c[name] for name in names)
    )
