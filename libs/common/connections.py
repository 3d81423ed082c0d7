"""Connections to a database, kept open and lent to one transaction after the other.

SQLAlchemy's own pool does the same in a greenlet with events at each turn; that costs a small
transaction more than its statements do.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, NullPool
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import greenlet_spawn

from .driver import driver_url, hang_up

_PATIENCE_SECONDS = 5

# Longer than any part of a ledger takes; nothing is waited for without end.
_LONGEST_STATEMENT = "300s"


@dataclass(frozen=True, slots=True)
class Line:
    """A connection as SQLAlchemy holds it, and the driver's own inside of it."""

    connection: Connection
    driver: Any

    @property
    def is_clean(self) -> bool:
        """Whether it is there, and nobody was called away from it in the middle of something."""
        if self.driver.is_closed() or self.connection.invalidated:
            return False
        return not self.driver.is_in_transaction() and not self.connection.in_transaction()

    def drop(self) -> None:
        """End it, in whatever state it is."""
        self.connection.invalidate()
        self.connection.close()


class Connections:
    """The connections of one role, so many at most; whoever waits for one is served in turn."""

    def __init__(self, url: str, size: int) -> None:
        """Prepare; nothing connects before it is needed."""
        self._turns = asyncio.Semaphore(size)
        # The last one used is the next: few stay warm, and know their statements.
        self._idle: list[Line] = []
        self._engine = create_async_engine(
            driver_url(url),
            poolclass=NullPool,
            # What a statement carries may be a secret, and errors are logged.
            hide_parameters=True,
            # It takes a third of the standard library's time for a short text, for a long one two.
            json_deserializer=from_json,
            connect_args={"server_settings": {"statement_timeout": _LONGEST_STATEMENT}},
            # Transactions are begun and ended in the driver's own words, and by nobody else.
            isolation_level="AUTOCOMMIT",
        )

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Line]:
        """Lend a connection that is clean; one that comes back otherwise is no good to the next.

        Raises: PoolTimeout, when every one is in use; DBAPIError or OSError, when there is none.
        """
        await self._turn()
        try:
            line = self._kept() or await self._made()
            try:
                yield line
            finally:
                self._take_back(line)
        finally:
            self._turns.release()

    async def close(self) -> None:
        """Close every connection nobody uses."""
        while self._idle:
            line = self._idle.pop()
            await hang_up(line.driver)
            line.drop()
        await self._engine.dispose()

    async def _turn(self) -> None:
        # To watch the time costs more than the turn itself, where nobody has to wait for one.
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._turns.acquire()
        except TimeoutError as why:
            raise PoolTimeout from why

    def _kept(self) -> Line | None:
        """Find one that was not lost while nobody had it."""
        while self._idle:
            line = self._idle.pop()
            if line.is_clean:
                return line
            line.drop()
        return None

    async def _made(self) -> Line:
        connection = await greenlet_spawn(self._engine.sync_engine.connect)
        return Line(connection, connection.connection.driver_connection)

    def _take_back(self, line: Line) -> None:
        if line.is_clean:
            self._idle.append(line)
        else:
            line.drop()
