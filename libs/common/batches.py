"""Rows by the hundred, written by one statement: PostgreSQL reads a batch from JSON.

A parameter for each value would cost more than all else about such rows.
"""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import ColumnElement, bindparam, column, select, text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


def insert_batch(model: type[DeclarativeBase]) -> Insert:
    """Begin a statement that inserts a batch; what a conflict means can be said of it.

    Members that are no columns are passed over, columns that are no members become null.
    """
    # Of the table, not of the class: such a statement takes its rows for values of its own.
    table = model.metadata.tables[model.__tablename__]
    names = [it.name for it in table.columns if it.name != "tenant"]
    rows = text(f"json_populate_recordset(NULL::{table.name}, CAST(:batch AS json))")
    columns: list[ColumnElement[Any]] = [bindparam("owner"), *map(column, names)]
    read = select(*columns).select_from(rows)
    return insert(table).from_select(["tenant", *names], read, include_defaults=False)


def keep_newest(model: type[DeclarativeBase], by: str) -> Insert:
    """Insert a batch; what is there gives way to what is not older by a column."""
    insert_rows = insert_batch(model)
    table = model.metadata.tables[model.__tablename__]
    told = {it.name: insert_rows.excluded[it.name] for it in table.columns if not it.primary_key}
    return insert_rows.on_conflict_do_update(
        index_elements=list(table.primary_key), set_=told, where=told[by] >= table.c[by]
    )


async def write_batch(tx: AsyncSession, statement: Insert, rows: Sequence[object]) -> None:
    """Carry out such a statement for rows, each a mapping or a dataclass, as this tenant.

    No two rows may have one key. In the order of their keys they never wait for another batch's.
    """
    if rows:
        owner = tx.info["tenant"]
        await tx.execute(statement, {"owner": owner, "batch": to_json(rows).decode()})
