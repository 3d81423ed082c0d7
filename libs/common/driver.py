"""What the driver of PostgreSQL raises by itself, where SQLAlchemy is not in between."""

from typing import Any

import asyncpg

# The last: a server that shuts down says so between two statements, and the next one is sent into
# what the driver then calls a state of its own.
FAILURES = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a connection of our own may fail with, at whatever moment it is lost."""


async def hang_up(connection: Any) -> None:
    """Close a connection, in whatever state it is: what it holds in the server must be let go."""
    try:
        await connection.close(timeout=1)
    except FAILURES:
        connection.terminate()
