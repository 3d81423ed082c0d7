"""One transaction per act, bound to its tenant: whoever opens it commits it.

Three roles talk to a service's database: `app` (sees one tenant's rows), `staff` (may also write
reference data) and `relay` (sees the outbox of all). Row security is the database's own; the
predicate added here to every statement is the second lock on the same door.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from .connections import Connections, Line
from .driver import FAILURES, Statement, carry_out
from .outbox import Bell
from .settings import ServiceSettings
from .tables import TenantOwned

PLATFORM = "platform"
"""The tenant of reference data and of staff acts that name no policyholder."""

_BIND = Statement("SELECT set_config('app.tenant', :tenant, true)")
_NAME = re.compile("[0-9A-Za-z_-]{1,64}")

_OUTAGES = ("08", "53", "57P")  # connection, resources, shut down


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
        """Give the one connection of the transaction; when that has ended, there is none."""
        line: Line = self.info["line"]
        return line.connection

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


async def _undo(driver: Any) -> None:
    """Roll back what was not committed; a connection that cannot is no good to the next."""
    try:
        # Whatever it is in the middle of: the driver waits until that has ended.
        await driver.execute("ROLLBACK")
    except FAILURES:
        driver.terminate()
    except asyncio.CancelledError:
        driver.terminate()
        raise


async def _leave(session: AsyncSession) -> None:
    """End a session, so that it asks nothing on what will be somebody else's connection."""
    # Most have held nothing, and closing them would cost as much as a statement.
    if session.in_transaction() or session.sync_session.identity_map:
        session.sync_session.close()
    del session.info["line"]
    driver = session.info.pop("driver")
    if "ended" not in session.info:
        await _undo(driver)


OpenTransaction = AbstractAsyncContextManager[AsyncSession]


class Databases:
    """The doors to a service's database, one connection pool per role."""

    def __init__(self, settings: ServiceSettings) -> None:
        """Prepare the pools; nothing connects before it is needed."""
        self.bell = Bell(settings.database_relay_url)
        self._app = Connections(settings.database_url, size=16)
        self._staff = Connections(settings.database_staff_url, size=4)

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
    async def _transaction(self, role: Connections, tenant: str) -> AsyncIterator[AsyncSession]:
        async with role.lent() as line:
            session = AsyncSession(
                sync_session_class=TenantSession,
                expire_on_commit=False,
                info={"tenant": tenant, "driver": line.driver, "line": line},
            )
            try:
                await _begin(line.driver, tenant)
                yield session
                if session.in_transaction():
                    # Writes what still waits in the session; the transaction is the driver's.
                    await session.commit()
                await carry_out(line.driver, "ROLLBACK" if "undone" in session.info else "COMMIT")
                session.info["ended"] = True
            finally:
                await _leave(session)
        if "told" in session.info:
            # The facts are committed: wake the relay, here and in other processes.
            self.bell.ring()

    async def check(self) -> None:
        """Ask the database for an answer.

        Raises: DBAPIError or OSError when there is none.
        """
        async with self.tenant(PLATFORM):
            pass

    async def close(self) -> None:
        """Close every connection."""
        await self.bell.close()
        await self._app.close()
        await self._staff.close()


async def act_for(tx: AsyncSession, policyholder_code: str) -> None:
    """Turn the rest of a staff transaction to one policyholder's rows."""
    if tx.info["tenant"] != policyholder_code:
        tx.info["tenant"] = policyholder_code
        await _BIND.value(tx, tenant=policyholder_code)
