"""Rows by the thousand: copied into a table of this transaction, then moved by one statement.

PostgreSQL takes no COPY into a table with row security, so rows pass through a temporary one.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import polars as pl
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

_SLICE_ROWS = 2_000  # under a megabyte: larger buffers cost more than what is in them
_QUOTE = "\x1e"  # the record separator of ASCII: JSON is full of ordinary quotes


async def copy_in(tx: AsyncSession, table: str, frame: pl.DataFrame) -> None:
    """Copy a frame into a table whose columns have the frame's names, each null by default."""
    # What is blank in every row need not be copied: of a ledger's columns many are.
    frame = frame.select(column for column in frame if column.null_count() < len(frame))
    connection = await (await tx.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    # An async generator of slices keeps memory flat where one buffer would be held.
    await driver.copy_to_table(
        table, source=_slices(frame), columns=frame.columns, format="csv", quote=_QUOTE, null=""
    )


async def _slices(frame: pl.DataFrame) -> AsyncIterator[bytes]:
    for part in frame.iter_slices(_SLICE_ROWS):
        yield await asyncio.to_thread(_written, part)


def _written(part: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    part.write_csv(written, include_header=False, quote_char=_QUOTE)
    return written.getvalue()


async def stage(tx: AsyncSession, like: str, frame: pl.DataFrame) -> None:
    """Copy a frame into the temporary table `staged`, whose columns are those of other tables.

    `like` is what stands behind FROM.
    """
    columns = ", ".join(_quoted(frame))
    await tx.execute(text("DROP TABLE IF EXISTS pg_temp.staged"))
    await tx.execute(
        text(
            f"CREATE TEMP TABLE staged ON COMMIT DROP AS"  # noqa: S608  # our own names
            f" SELECT {columns} FROM {like} WITH NO DATA"
        )
    )
    await copy_in(tx, "staged", frame)


def as_array(name: str) -> pl.Expr:
    """Write a column of lists of numbers as PostgreSQL writes arrays."""
    numbers = pl.col(name).cast(pl.List(pl.String)).list.join(",")
    return pl.concat_str(pl.lit("{"), numbers, pl.lit("}")).alias(name)


def _quoted(frame: pl.DataFrame) -> list[str]:
    return [f'"{column}"' for column in frame.columns]


def written_out(statement: Select[Any]) -> str:
    """Write a query with its values in it, ids and numbers of our own: COPY takes no parameters."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped library
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


async def copy_out(tx: AsyncSession, query: str, columns: Sequence[str]) -> pl.DataFrame:
    """Bring the rows of a query as a frame of text, without an object for each cell."""
    # The transaction, and with it the tenant, begins with a statement that the driver is not
    # given behind its back.
    await tx.execute(text("SELECT"))
    connection = await (await tx.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    written = io.BytesIO()
    await driver.copy_from_query(query, output=written, format="csv")
    return pl.read_csv(
        written.getvalue(),
        has_header=False,
        schema=dict.fromkeys(columns, pl.String()),
        raise_if_empty=False,
    )


async def insert_staged(tx: AsyncSession, table: str, frame: pl.DataFrame) -> None:
    """Insert a frame into a tenant's table, as the tenant of this transaction."""
    if frame.is_empty():
        return
    await stage(tx, table, frame)
    listed = ", ".join(_quoted(frame))
    await tx.execute(
        text(
            f"INSERT INTO {table} (tenant, {listed})"  # noqa: S608  # our own names
            f" SELECT (SELECT current_setting('app.tenant')), {listed} FROM staged"
        )
    )
