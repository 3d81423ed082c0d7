"""Policyholders, machine clients and what they are believed by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.common import schema

revision = "20261122_0900"
down_revision = None

_TENANT_TABLES = ("policyholders", "machine_clients", "client_keys", "used_assertions")
_REFERENCE_TABLES = ("client_directory", "signing_keys", "revocations")


def upgrade() -> None:
    """Create everything."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    schema.create_plumbing()
    _create_policyholders()
    _create_clients()
    _create_client_proofs()
    _create_signing_keys()
    _create_revocations()
    for name in _TENANT_TABLES:
        schema.secure_tenant_table(name)
    for name in _REFERENCE_TABLES:
        schema.secure_reference_table(name)
    # A policyholder's own administrator may revoke, too.
    op.execute("GRANT INSERT ON revocations TO identity_app")


def downgrade() -> None:
    """Drop it again, proofs before the clients they belong to."""
    for name in (*reversed(_TENANT_TABLES), *_REFERENCE_TABLES):
        op.drop_table(name)
    schema.drop_plumbing()


def _create_policyholders() -> None:
    op.create_table(
        "policyholders",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("short_name_ja", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tenant ~ '^[0-9]{9}$'", name=op.f("ck_policyholders_nine_digits")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_policyholders")),
    )


def _create_clients() -> None:
    op.create_table(
        "client_directory",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_directory")),
    )
    op.create_table(
        "machine_clients",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("key_set_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary()),
        sa.Column("scopes", ARRAY(sa.Text()), nullable=False),
        sa.Column("source_addresses", ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "method IN ('PRIVATE_KEY_JWT', 'CLIENT_SECRET_BASIC')",
            name=op.f("ck_machine_clients_method"),
        ),
        sa.CheckConstraint(
            "status IN ('ACTIVE', 'REVOKED')", name=op.f("ck_machine_clients_status")
        ),
        sa.CheckConstraint(
            "(method = 'CLIENT_SECRET_BASIC') = (secret_hash IS NOT NULL)",
            name=op.f("ck_machine_clients_secret_by_method"),
        ),
        sa.CheckConstraint(
            "secret_hash IS NULL OR cardinality(source_addresses) > 0",
            name=op.f("ck_machine_clients_secret_has_addresses"),
        ),
        sa.PrimaryKeyConstraint("tenant", "client_id", name=op.f("pk_machine_clients")),
    )


def _create_client_proofs() -> None:
    op.create_table(
        "client_keys",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("jwk", JSONB(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        _of_client("client_keys"),
        sa.PrimaryKeyConstraint("tenant", "client_id", "kid", name=op.f("pk_client_keys")),
    )
    op.create_table(
        "used_assertions",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _of_client("used_assertions"),
        sa.PrimaryKeyConstraint("tenant", "client_id", "jti", name=op.f("pk_used_assertions")),
    )


def _of_client(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "client_id"],
        ["machine_clients.tenant", "machine_clients.client_id"],
        name=op.f(f"fk_{table}_tenant_machine_clients"),
    )


def _create_signing_keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("public_jwk", JSONB(), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("encryption_key_id", sa.Text(), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_keys")),
    )


def _create_revocations() -> None:
    op.create_table(
        "revocations",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("revoked_id", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_revocations")),
    )
    op.create_index("ix_revocations_revoked_at", "revocations", ["revoked_at"])
