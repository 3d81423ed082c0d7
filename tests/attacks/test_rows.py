"""The database itself: whose rows a connection sees, whatever the statement says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from libs.common.driver import driver_url
from tests.attacks.given import ATTACKER, OWNER, Ids, Services
from tests.attacks.targets import SERVICES
from tests.kit.running import Running

# Which work waits: no row of it is anybody's, and every process takes its part away.
# Nobody's data: a queue, who took from it, and until when jobs have run.
_WORK = {"upload_tasks", "upload_task_takers", "checkpoint_tasks", "job_runs"}

_TABLES = text("""
SELECT relname, relrowsecurity AS secured, pg_get_userbyid(relowner) AS owner
FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
""")
_ROLE = text("""
SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS mighty
FROM pg_roles WHERE rolname = current_user
""")
_NAME_TENANT = text("SELECT set_config('app.tenant', :tenant, true)")
_NO_RIGHT = "42501"


@asynccontextmanager
async def _connected(url: str | None) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(driver_url(url or ""))
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def _tables(running: Running, *, secured: bool) -> list[str]:
    """The tables of policyholders, or else those that everybody shares."""
    async with _connected(running.settings.database_owner_url) as connection:
        rows = await connection.execute(_TABLES)
        return [row.relname for row in rows if row.secured is secured]


@pytest.mark.attack("S38")
@pytest.mark.parametrize("service", SERVICES)
async def test_no_role_of_a_process_owns_or_outranks(services: Services, service: str) -> None:
    """Given the roles a service works under, when looked at, then none owns or is mighty."""
    settings = services[service].settings
    for url in (settings.database_url, settings.database_staff_url, settings.database_relay_url):
        async with _connected(url) as connection:
            role = (await connection.execute(_ROLE)).one()
            owners = {row.owner for row in await connection.execute(_TABLES)}

        assert not role.mighty, role.rolname
        assert role.rolname not in owners


@pytest.mark.attack("S38")
@pytest.mark.parametrize("service", SERVICES)
async def test_without_a_tenant_there_are_no_rows(
    services: Services, owned: Ids, service: str
) -> None:
    """Given one's rows, when a connection names nobody or another, then it sees none of them."""
    running = services[service]
    for role_url in (running.settings.database_url, running.settings.database_staff_url):
        async with _connected(role_url) as connection:
            for table in await _tables(running, secured=True):
                count = text(f"SELECT count(*) FROM {table}")  # noqa: S608 (our own names)
                foreign = text(f"SELECT count(*) FROM {table} WHERE tenant = '{OWNER}'")  # noqa: S608

                assert await connection.scalar(count) == 0, table
                await connection.execute(_NAME_TENANT, {"tenant": ATTACKER})
                assert await connection.scalar(foreign) == 0, table
                await connection.rollback()


@pytest.mark.attack("S38")
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("tenant", [OWNER, "", "platform"])
async def test_nobody_writes_for_another(services: Services, service: str, tenant: str) -> None:
    """Given one's connection, when it inserts a row of another into any table, then refused."""
    running = services[service]
    tables = await _tables(running, secured=True)
    async with _connected(running.settings.database_url) as connection:
        for table in tables:
            await connection.execute(_NAME_TENANT, {"tenant": ATTACKER})
            with pytest.raises(DBAPIError) as refused:
                await connection.execute(
                    text(f"INSERT INTO {table} (tenant) VALUES (:tenant)"),  # noqa: S608
                    {"tenant": tenant},
                )
            assert getattr(refused.value.orig, "sqlstate", None) == _NO_RIGHT, table
            await connection.rollback()

    assert len(tables) >= len({"outbox", "outbox_heads", "inbox_facts", "inbox_heads"})


@pytest.mark.attack("S38")
@pytest.mark.parametrize("service", SERVICES)
async def test_a_policyholder_writes_no_reference_data(services: Services, service: str) -> None:
    """Given one's connection, when it deletes what everybody reads, then it has no right to."""
    running = services[service]
    shared = await _tables(running, secured=False)
    async with _connected(running.settings.database_url) as connection:
        for table in (it for it in shared if it not in _WORK):
            await connection.execute(_NAME_TENANT, {"tenant": ATTACKER})
            with pytest.raises(DBAPIError) as refused:
                await connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
            assert getattr(refused.value.orig, "sqlstate", None) == _NO_RIGHT, table
            await connection.rollback()
