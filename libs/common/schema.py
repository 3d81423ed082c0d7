"""What migrations say beside the tables themselves: who may see and write their rows."""

from alembic import op
from sqlalchemy import MetaData

from .jobs import add_job_runs
from .plumbing import TENANT_TABLES, add_plumbing
from .tables import new_metadata

_OWN_ROWS = "tenant = (SELECT NULLIF(current_setting('app.tenant', true), ''))"


def create_plumbing() -> None:
    """Create outbox, inbox and idempotency tables with their rights."""
    metadata: MetaData = new_metadata()
    add_plumbing(metadata)
    metadata.create_all(op.get_bind(), checkfirst=False)
    for name in TENANT_TABLES:
        secure_tenant_table(name)
    _keep_facts_as_written()
    _grant("alembic_version", "SELECT", "app")
    _grant("inbox_positions", "SELECT, INSERT, UPDATE", "app", "staff")
    _grant("outbox", "SELECT, UPDATE, DELETE", "relay")
    # What is past its time is forgotten by its age, unread.
    for name in ("idempotency_keys", "inbox_facts"):
        _grant(name, "SELECT (at), DELETE", "relay")
    for name in ("outbox", "idempotency_keys", "inbox_facts"):
        op.execute(f"CREATE POLICY all_tenants ON {name} TO {_role('relay')} USING (true)")


def pack_facts() -> None:
    """Let an outbox that was made before keep facts compressed, too (`packing`)."""
    op.execute("ALTER TABLE outbox ADD COLUMN IF NOT EXISTS packed bytea")
    op.execute("ALTER TABLE outbox ALTER COLUMN data DROP NOT NULL")
    op.execute("ALTER TABLE outbox DROP CONSTRAINT IF EXISTS ck_outbox_one_form")
    op.create_check_constraint(
        op.f("ck_outbox_one_form"), "outbox", "num_nonnulls(data, packed) = 1"
    )
    _keep_facts_as_written()


def unpack_facts() -> None:
    """Take `pack_facts` back; where a compressed fact is still kept, the database refuses."""
    op.drop_constraint(op.f("ck_outbox_one_form"), "outbox")
    op.drop_column("outbox", "packed")
    op.execute("ALTER TABLE outbox ALTER COLUMN data SET NOT NULL")


def drop_plumbing() -> None:
    """Drop what `create_plumbing` made."""
    for name in (*TENANT_TABLES, "inbox_positions"):
        op.drop_table(name)


def create_job_runs() -> None:
    """Create the table of a service that has jobs; `op.drop_table("job_runs")` drops it again."""
    metadata: MetaData = new_metadata()
    add_job_runs(metadata)
    metadata.create_all(op.get_bind(), checkfirst=False)
    secure_service_table("job_runs")


def secure_tenant_table(name: str) -> None:
    """Show the rows of a table to their tenant alone, whatever the statement says."""
    op.create_check_constraint(op.f(f"ck_{name}_tenant_named"), name, "tenant <> ''")
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON {name} USING ({_OWN_ROWS}) WITH CHECK ({_OWN_ROWS})")
    _grant(name, "SELECT, INSERT, UPDATE, DELETE", "app", "staff")


def secure_reference_table(name: str) -> None:
    """Let every tenant read a table that only staff acts and the inbox write."""
    _grant(name, "SELECT", "app")
    _grant(name, "SELECT, INSERT, UPDATE, DELETE", "staff")


def secure_service_table(name: str) -> None:
    """Give a table without anybody's data to every process of the service (queues, heads)."""
    _grant(name, "SELECT, INSERT, UPDATE, DELETE", "app", "staff")


def grant_sequence(name: str) -> None:
    """Let the service take numbers from a sequence."""
    op.execute(f"GRANT USAGE ON SEQUENCE {name} TO {_role('app')}, {_role('staff')}")


def _keep_facts_as_written() -> None:
    # Facts live for a moment, and large ones are compressed already, better and at less cost.
    for name in ("data", "packed"):
        op.execute(f"ALTER TABLE outbox ALTER COLUMN {name} SET STORAGE EXTERNAL")


def _grant(name: str, rights: str, *roles: str) -> None:
    op.execute(f"GRANT {rights} ON {name} TO {', '.join(map(_role, roles))}")


def _role(suffix: str) -> str:
    return f"{op.get_context().opts['service']}_{suffix}"
