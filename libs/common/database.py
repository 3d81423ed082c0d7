"""One transaction per act, bound to its tenant: whoever opens it commits it.

Three roles talk to a service's database: `app` (sees one tenant's rows), `staff` (may also write
reference data) and `relay` (sees the outbox of all). Row security is the database's own; the
predicate added here to every statement is the second lock on the same door.
"""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.util import greenlet_spawn

from .driver import FAILURES, Statement, carry_out
from .outbox import Bell
from .settings import ServiceSettings
from .tables import TenantOwned

PLATFORM = "platform"
"""The tenant of reference data and of staff acts that name no policyholder."""

_BIND = Statement("SELECT set_config('app.tenant', :tenant, true)")
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


class TenantSession(Session):
    """A session that adds its tenant to every statement on tenants' rows."""

    def get_bind(self, *_: Any, **__: Any) -> Connection:
        """Give the one connection of the transaction."""
        connection: Connection = self.info["connection"]
        return connection

    def rollback(self) -> None:
        """Undo what was done; at the end there is nothing to commit."""
        super().rollback()
        self.info["undone"] = True


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


async def _begin(driver: Any, tenant: str) -> None:
    """Begin a transaction and name its tenant in one message: a round trip less in every act."""
    if not _NAME.fullmatch(tenant):
        raise ValueError("no tenant has such a name")
    await carry_out(driver, f"BEGIN; SELECT set_config('app.tenant', '{tenant}', true)")


async def _leave_clean(driver: Any) -> None:
    """Roll back what was not committed; a connection that cannot is no good to the next."""
    if not driver.is_in_transaction():
        return
    try:
        await driver.execute("ROLLBACK")
    except FAILURES:
        driver.terminate()


def _refuse_spoilt(dbapi: DBAPIConnection, record: object, pooled: object) -> None:
    """Take no connection out of the pool that is lost, or that somebody was called away from."""
    driver: Any = dbapi.driver_connection
    if driver.is_closed() or driver.is_in_transaction():
        raise DisconnectionError


def driver_url(url: str) -> str:
    """Name the driver in a plain `postgresql://` address."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


OpenTransaction = AbstractAsyncContextManager[AsyncSession]


class Databases:
    """The doors to a service's database, one connection pool per role."""

    def __init__(self, settings: ServiceSettings) -> None:
        """Prepare the pools; nothing connects before it is needed."""
        self.bell = Bell(settings.database_relay_url)
        self._app = self._engine(settings.database_url, size=16)
        self._staff = self._engine(settings.database_staff_url, size=4)

    @staticmethod
    def _engine(url: str, size: int) -> AsyncEngine:
        engine = create_async_engine(
            driver_url(url),
            # No overflow: connections made in a rush and dropped after it cost more than the rush.
            pool_size=size,
            max_overflow=0,
            pool_timeout=_POOL_TIMEOUT_SECONDS,
            # The last one used is the next: few stay warm, and know their statements.
            pool_use_lifo=True,
            # What a statement carries may be a secret, and errors are logged.
            hide_parameters=True,
            connect_args={"server_settings": {"statement_timeout": _LONGEST_STATEMENT}},
            # Transactions are begun and ended below, and by nobody else.
            isolation_level="AUTOCOMMIT",
        )
        event.listen(engine.sync_engine, "checkout", _refuse_spoilt)
        return engine

    def tenant(self, tenant: str) -> OpenTransaction:
        """Open a transaction that sees one policyholder's rows, and commit it at the end."""
        return self._transaction(self._app, tenant)

    def platform(self) -> OpenTransaction:
        """Open a transaction that may write reference data, and commit it at the end."""
        return self.staff(PLATFORM)

    def staff(self, tenant: str) -> OpenTransaction:
        """Open one in somebody's name that may turn to reference data, and commit it at the end."""
        return self._transaction(self._staff, tenant)

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, tenant: str) -> AsyncIterator[AsyncSession]:
        connection = await greenlet_spawn(engine.sync_engine.connect)
        driver = connection.connection.driver_connection
        session = AsyncSession(
            sync_session_class=TenantSession,
            expire_on_commit=False,
            info={"tenant": tenant, "driver": driver, "connection": connection},
        )
        try:
            await _begin(driver, tenant)
            yield session
            if session.in_transaction():
                # Writes what still waits in the session; the transaction is the driver's.
                await session.commit()
            if "undone" not in session.info:
                await carry_out(driver, "COMMIT")
        finally:
            await _leave_clean(driver)
            session.sync_session.close()
            connection.close()
        if "told" in session.info:
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
        await _BIND.value(tx, tenant=policyholder_code)
