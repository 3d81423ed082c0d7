"""Rows by the thousand: copied into a table of this transaction, then moved by one statement.

PostgreSQL takes no COPY into a table with row security, so rows pass through a temporary one.
"""

from collections.abc import AsyncIterator
from typing import Any

import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_SLICE_ROWS = 2_000


async def copy_in(tx: AsyncSession, table: str, frame: pl.DataFrame) -> None:
    """Copy a frame into a table whose columns have the frame's names."""
    connection = await (await tx.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    # An async generator of slices keeps memory flat where one buffer would be held.
    await driver.copy_to_table(
        table, source=_slices(frame), columns=frame.columns, format="csv", null=""
    )


async def _slices(frame: pl.DataFrame) -> AsyncIterator[bytes]:
    for part in frame.iter_slices(_SLICE_ROWS):
        yield part.write_csv(include_header=False).encode()


async def stage(tx: AsyncSession, like: str, frame: pl.DataFrame) -> str:
    """Copy a frame into a temporary table with the columns of another; gives its name."""
    name = f"staged_{like}"
    columns = ", ".join(f'"{column}"' for column in frame.columns)
    await tx.execute(text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
    await tx.execute(
        text(
            f"CREATE TEMP TABLE {name} ON COMMIT DROP AS"  # noqa: S608  # our own names
            f" SELECT {columns} FROM {like} WITH NO DATA"
        )
    )
    await copy_in(tx, name, frame)
    return name


async def insert_staged(tx: AsyncSession, table: str, frame: pl.DataFrame) -> None:
    """Insert a frame into a tenant's table, as the tenant of this transaction."""
    if frame.is_empty():
        return
    staged = await stage(tx, table, frame)
    columns = ", ".join(f'"{column}"' for column in frame.columns)
    await tx.execute(
        text(
            f"INSERT INTO {table} (tenant, {columns})"  # noqa: S608  # our own names
            f" SELECT current_setting('app.tenant'), {columns} FROM {staged}"
        )
    )
