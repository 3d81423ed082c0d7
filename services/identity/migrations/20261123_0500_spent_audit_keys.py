"""The private half of a key that has signed its last checkpoint is destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0500"
down_revision = "20261123_0040"

_PRIVATE_HALF = (("sealed_private_key", sa.LargeBinary()), ("encryption_key_id", sa.Text()))


def upgrade() -> None:
    """Let both be missing, together; the next rotation destroys what is spent."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, kind in _PRIVATE_HALF:
        op.alter_column("audit_keys", name, existing_type=kind, nullable=True)
    op.create_check_constraint(
        op.f("ck_audit_keys_sealed"),
        "audit_keys",
        "num_nonnulls(sealed_private_key, encryption_key_id) <> 1",
    )


def downgrade() -> None:
    """Keep the public halves; a spent key then has a private half that opens nothing."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_audit_keys_sealed"), "audit_keys")
    op.execute(
        "UPDATE audit_keys SET sealed_private_key = '', encryption_key_id = ''"
        " WHERE sealed_private_key IS NULL"
    )
    for name, kind in _PRIVATE_HALF:
        op.alter_column("audit_keys", name, existing_type=kind, nullable=False)
