"""What is older than seven years may leave an access history, and by no other way than this."""

from alembic import op

revision = "20261123_0040"
down_revision = "20261123_0030"

# The service itself may not delete: this asks its caller for nothing but whose history it is, and
# believes no checkpoint's time alone, because the service writes those. What stays begins right
# after a checkpoint, which stays too. Source: security notes §3.11.
_FORGET = """
CREATE FUNCTION forget_history() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own CONSTANT text := NULLIF(current_setting('app.tenant', true), '');
    kept_from CONSTANT timestamptz := now() - interval '7 years';
    first_kept bigint;
    forgotten bigint;
BEGIN
    SELECT min(seq) INTO first_kept FROM access_history
        WHERE tenant = own AND occurred_at >= kept_from;
    SELECT max(size) INTO forgotten FROM history_checkpoints
        WHERE tenant = own AND signed_at < kept_from AND (first_kept IS NULL OR size < first_kept);
    DELETE FROM access_history WHERE tenant = own AND seq <= forgotten;
    DELETE FROM history_checkpoints WHERE tenant = own AND size < forgotten;
    DELETE FROM history_exports
        WHERE tenant = own AND first_seq <= last_seq AND first_seq <= forgotten;
    RETURN forgotten;
END
$$
"""


def upgrade() -> None:
    """Create it, for the service alone."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_FORGET)
    op.execute("REVOKE ALL ON FUNCTION forget_history() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION forget_history() TO identity_app")


def downgrade() -> None:
    """Drop it again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION forget_history()")
