"""One transaction per act, bound to its tenant: whoever opens it commits it.

Three roles talk to a service's database: `app` (sees one tenant's rows), `staff` (may also write
reference data) and `relay` (sees the outbox of all). Row security is the database's own; the
predicate added here to every statement is the second lock on the same door.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from .driver import FAILURES
from .outbox import Bell
from .settings import ServiceSettings
from .tables import TenantOwned

PLATFORM = "platform"
"""The tenant of reference data and of staff acts that name no policyholder."""

_BIND = text("SELECT set_config('app.tenant', :tenant, true)")
_NAME = re.compile("[0-9A-Za-z_-]{1,64}")

_POOL_TIMEOUT_SECONDS = 5
_OUTAGES = ("08", "53", "57P")  # connection, resources, shut down

# Longer than any part of a ledger takes; nothing is waited for without end.
_LONGEST_STATEMENT = "300s"


def is_outage(error: BaseException) -> bool:
    """Say whether a failure is the database's absence rather than the statement's fault."""
    # The second: every connection of the pool is in use.
    if isinstance(error, OSError | PoolTimeout):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_absence(error.orig)
    return isinstance(error, FAILURES) and _is_absence(error)


def _is_absence(error: BaseException | None) -> bool:
    state = getattr(error, "sqlstate", None) or ""
    return state.startswith(_OUTAGES) or not state


class TenantConnection(asyncpg.Connection):  # type: ignore[misc]  # untyped library
    """A connection that names the tenant in the message that begins its transaction.

    One round trip less in every act; `name_tenant` says whose transaction comes next.
    """

    next_tenant = ""

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        """Carry out a command of the driver's own, such as BEGIN."""
        if query.startswith("BEGIN"):
            tenant, self.next_tenant = self.next_tenant, ""
            query = f"{query}; SELECT set_config('app.tenant', '{tenant}', true)"
        status: str = await super().execute(query, *args, **options)
        return status


async def name_tenant(tx: AsyncSession, tenant: str) -> None:
    """Say whose rows a transaction may see, before its first statement."""
    if not _NAME.fullmatch(tenant):
        raise ValueError("no tenant has such a name")
    connection = (await tx.connection()).sync_connection
    connection.connection.driver_connection.next_tenant = tenant  # type: ignore[union-attr]


class TenantSession(Session):
    """A session that adds its tenant to every statement on tenants' rows."""


@event.listens_for(TenantSession, "do_orm_execute")
def _add_tenant(state: ORMExecuteState) -> None:
    if state.is_orm_statement and not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(_own_rows(state.session.info["tenant"]))


@lru_cache(maxsize=1024)
def _own_rows(tenant: str) -> ExecutableOption:
    # Kept, because making it costs more than the statement it is for.
    return with_loader_criteria(
        TenantOwned, lambda owned: owned.tenant == tenant, include_aliases=True
    )


def driver_url(url: str) -> str:
    """Name the driver in a plain `postgresql://` address."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


class Databases:
    """The doors to a service's database, one connection pool per role."""

    def __init__(self, settings: ServiceSettings) -> None:
        """Prepare the pools; nothing connects before it is needed."""
        self.bell = Bell(settings.database_relay_url)
        self._app = self._engine(settings.database_url, size=16)
        self._staff = self._engine(settings.database_staff_url, size=4)

    @staticmethod
    def _engine(url: str, size: int) -> AsyncEngine:
        return create_async_engine(
            driver_url(url),
            # No overflow: connections made in a rush and dropped after it cost more than the rush.
            pool_size=size,
            max_overflow=0,
            pool_timeout=_POOL_TIMEOUT_SECONDS,
            # What a statement carries may be a secret, and errors are logged.
            hide_parameters=True,
            connect_args={
                "connection_class": TenantConnection,
                "server_settings": {"statement_timeout": _LONGEST_STATEMENT},
            },
        )

    @asynccontextmanager
    async def tenant(self, tenant: str) -> AsyncIterator[AsyncSession]:
        """Open a transaction that sees one policyholder's rows, and commit it at the end."""
        async with self._transaction(self._app, tenant) as tx:
            yield tx

    @asynccontextmanager
    async def platform(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that may write reference data, and commit it at the end."""
        async with self.staff(PLATFORM) as tx:
            yield tx

    @asynccontextmanager
    async def staff(self, tenant: str) -> AsyncIterator[AsyncSession]:
        """Open one in somebody's name that may turn to reference data, and commit it at the end."""
        async with self._transaction(self._staff, tenant) as tx:
            yield tx

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, tenant: str) -> AsyncIterator[AsyncSession]:
        session = AsyncSession(
            engine,
            sync_session_class=TenantSession,
            expire_on_commit=False,
            info={"tenant": tenant},
        )
        async with session, session.begin():
            await name_tenant(session, tenant)
            yield session
        if session.info.get("told"):
            # The facts are committed: wake the relay, here and in other processes.
            self.bell.ring()

    async def check(self) -> None:
        """Ask the database for an answer.

        Raises: DBAPIError or OSError when there is none.
        """
        async with self._app.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self.bell.close()
        await self._app.dispose()
        await self._staff.dispose()


async def act_for(tx: AsyncSession, policyholder_code: str) -> None:
    """Turn the rest of a staff transaction to one policyholder's rows."""
    if tx.info["tenant"] != policyholder_code:
        tx.info["tenant"] = policyholder_code
        await tx.execute(_BIND, {"tenant": policyholder_code})
