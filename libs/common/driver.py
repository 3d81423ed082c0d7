"""The driver of PostgreSQL by itself, where SQLAlchemy is not in between."""

from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

# The last: a server that shuts down says so between two statements, and the next one is sent into
# what the driver then calls a state of its own.
_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

FAILURES = (OSError, *_ERRORS)
"""What a connection of our own may fail with, at whatever moment it is lost."""


def driver_url(url: str) -> str:
    """Name the driver in a plain `postgresql://` address."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


async def hang_up(connection: Any) -> None:
    """Close a connection, in whatever state it is: what it holds in the server must be let go."""
    try:
        await connection.close(timeout=1)
    except FAILURES:
        connection.terminate()


async def carry_out(driver: Any, command: str) -> None:
    """Carry out a command without places, or several.

    Raises: DBAPIError.
    """
    try:
        await driver.execute(command)
    except _ERRORS as error:
        raise _as_elsewhere(command, error) from error


def _as_elsewhere(sql: str, error: BaseException) -> DBAPIError:
    """Let the driver's errors come as SQLAlchemy's, so that nobody need know both."""
    return DBAPIError(sql, None, error, hide_parameters=True)


class Row(asyncpg.Record):  # type: ignore[misc]  # untyped library
    """A row whose columns are read by their names."""

    def __getattr__(self, name: str) -> Any:
        """Give a column."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Statement:
    """SQL that the driver carries out in a session's transaction; its places are `:named`.

    What a request does beside its act goes this way, and what is asked most: it costs a sixth of
    the same through the session. What waits in the session is written first. `sql` is what the
    driver is given, its places numbered.
    """

    def __init__(self, sql: str) -> None:
        """Number the places, once for good."""
        compiled = text(sql).compile(dialect=_NUMBERED)
        self.sql, self._places = compiled.string, tuple(compiled.positiontup or ())

    async def rows(self, tx: AsyncSession, **values: Any) -> list[Row]:
        """Give every row.

        Raises: DBAPIError; KeyError for a place without a value.
        """
        # An unused session has nothing to write.
        if tx.in_transaction():
            await tx.flush()
        in_order = [values[place] for place in self._places]
        try:
            rows: list[Row] = await tx.info["driver"].fetch(self.sql, *in_order, record_class=Row)
        except _ERRORS as error:
            raise _as_elsewhere(self.sql, error) from error
        return rows

    async def row(self, tx: AsyncSession, **values: Any) -> Row | None:
        """Give the first row, if there is one."""
        rows = await self.rows(tx, **values)
        return rows[0] if rows else None

    async def value(self, tx: AsyncSession, **values: Any) -> Any:
        """Give the first column of the first row, if there is one."""
        rows = await self.rows(tx, **values)
        return rows[0][0] if rows else None


_NUMBERED = dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
