"""The database says what the code says, and hides each tenant's rows."""

from sqlalchemy import text

from libs.common.migrations import differences
from services.identity import tables
from tests.identity import given
from tests.kit.running import Running

# They are read before a tenant is known, and hold nothing of one but its code.
WITHOUT_TENANT = {
    "alembic_version",
    "announcements",
    "audit_keys",
    "checkpoint_tasks",
    "client_directory",
    "inbox_positions",
    "job_runs",
    "revocations",
    "service_hours",
    "signing_keys",
}
_UNPROTECTED = text(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND NOT (relrowsecurity AND relforcerowsecurity)"
)


async def test_migrations_make_what_the_tables_say(identity: Running) -> None:
    """Given a migrated database, when compared with the code, then there is no difference."""
    owner = given.settings(identity).database_owner_url

    assert await differences("identity", tables.Base.metadata, owner or "") == []


async def test_every_table_is_hidden_but_the_listed(identity: Running) -> None:
    """Given the catalogue, when read, then only the listed tables show rows to everybody."""
    async with identity.databases.platform() as tx:
        found = set((await tx.execute(_UNPROTECTED)).scalars())

    assert found == WITHOUT_TENANT
