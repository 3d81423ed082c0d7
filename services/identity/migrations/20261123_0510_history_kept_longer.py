"""How long an access history is kept may be told: seven years, or longer."""

from alembic import op

revision = "20261123_0510"
down_revision = "20261123_0500"

# The service says how long, and the database how long at least: told nothing, or less, it keeps
# seven years. What stays begins right after a checkpoint, which stays too.
# Source: security notes §3.11.
_FORGET = """
CREATE FUNCTION forget_history(%(told)s) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own CONSTANT text := NULLIF(current_setting('app.tenant', true), '');
    kept_from CONSTANT timestamptz := now() - %(kept)s;
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
_AS_TOLD = {
    "told": "kept_years integer",
    "kept": "GREATEST(make_interval(years => kept_years), interval '7 years')",
}
_ALWAYS_SEVEN = {"told": "", "kept": "interval '7 years'"}


def upgrade() -> None:
    """Let the service say how long, for the service alone."""
    _replace("forget_history()", _AS_TOLD, "forget_history(integer)")


def downgrade() -> None:
    """Keep seven years again."""
    _replace("forget_history(integer)", _ALWAYS_SEVEN, "forget_history()")


def _replace(old: str, words: dict[str, str], new: str) -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"DROP FUNCTION {old}")
    op.execute(_FORGET % words)
    op.execute(f"REVOKE ALL ON FUNCTION {new} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {new} TO identity_app")
