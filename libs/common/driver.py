"""What the driver of PostgreSQL raises by itself, where SQLAlchemy is not in between."""

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
