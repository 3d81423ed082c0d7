"""Web users, what they sign in with, their sessions, and the history of what they did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from libs.common import schema

revision = "20261122_2100"
down_revision = "20261122_0900"

_TENANT_TABLES = (
    "access_history",
    "history_heads",
    "login_directory",
    "mails",
    "registrations",
    "throttles",
    "users",
    "mailed_codes",
    "recovery_codes",
    "sessions",
    "sign_ins",
    "refresh_tokens",
)
_CONTACT = ("address_ja", "phone_number")


def upgrade() -> None:
    """Create them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in _CONTACT:
        op.add_column("policyholders", sa.Column(name, sa.Text()))
    op.create_table(
        "access_history",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_type", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text()),
        sa.Column("sid_hash", sa.Text()),
        sa.Column("source_address", sa.Text()),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("acr", sa.Text()),
        sa.Column("amr", sa.Text()),
        sa.Column("changed", JSONB(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_access_history")),
    )
    op.create_table(
        "history_heads",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_history_heads")),
    )
    op.create_table(
        "login_directory",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("login_id", sa.Text(), nullable=False),
        sa.Column("policyholder_code", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "login_id", name=op.f("pk_login_directory")),
    )
    op.create_table(
        "mails",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "mail_id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_next_try_at", "mails", ["next_try_at"], unique=False)
    op.create_table(
        "registrations",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("registration_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("administrator_name", sa.Text(), nullable=False),
        sa.Column("administrator_mail", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("policyholder_code", sa.Text()),
        sa.Column("reason_ja", sa.Text()),
        sa.Column("reason_en", sa.Text()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'ACCEPTED') = (policyholder_code IS NOT NULL)",
            name=op.f("ck_registrations_accepted_has_code"),
        ),
        sa.CheckConstraint(
            "status IN ('SUBMITTED', 'ACCEPTED', 'REJECTED')", name=op.f("ck_registrations_status")
        ),
        sa.PrimaryKeyConstraint("tenant", "registration_id", name=op.f("pk_registrations")),
    )
    op.create_table(
        "throttles",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant", "subject", name=op.f("pk_throttles")),
    )
    op.create_table(
        "users",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("login_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("otp_required", sa.Boolean(), nullable=False),
        sa.Column("sealed_otp_secret", sa.LargeBinary()),
        sa.Column("sealed_pending_secret", sa.LargeBinary()),
        sa.Column("encryption_key_id", sa.Text()),
        sa.Column("last_otp_step", sa.BigInteger(), nullable=False),
        sa.Column("trusted_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role = 'APPLICANT' OR otp_required", name=op.f("ck_users_administrators_use_otp")
        ),
        sa.CheckConstraint("role IN ('ADMINISTRATOR', 'APPLICANT')", name=op.f("ck_users_role")),
        sa.CheckConstraint("status IN ('ACTIVE', 'DISABLED')", name=op.f("ck_users_status")),
        sa.CheckConstraint(
            "encryption_key_id IS NOT NULL"
            " OR coalesce(sealed_otp_secret, sealed_pending_secret) IS NULL",
            name=op.f("ck_users_secrets_name_their_key"),
        ),
        sa.PrimaryKeyConstraint("tenant", "user_id", name=op.f("pk_users")),
    )
    op.create_table(
        "mailed_codes",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('ACTIVATION', 'REISSUE')", name=op.f("ck_mailed_codes_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "user_id"],
            ["users.tenant", "users.user_id"],
            name=op.f("fk_mailed_codes_tenant_user_id_users"),
        ),
        sa.PrimaryKeyConstraint("tenant", "user_id", "purpose", name=op.f("pk_mailed_codes")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["tenant", "user_id"],
            ["users.tenant", "users.user_id"],
            name=op.f("fk_recovery_codes_tenant_user_id_users"),
        ),
        sa.PrimaryKeyConstraint("tenant", "user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "sessions",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("acr", sa.Text(), nullable=False),
        sa.Column("amr", ARRAY(sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_address", sa.Text()),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.Text()),
        sa.CheckConstraint("kind IN ('FULL', 'RECOVERY')", name=op.f("ck_sessions_kind")),
        sa.ForeignKeyConstraint(
            ["tenant", "user_id"],
            ["users.tenant", "users.user_id"],
            name=op.f("fk_sessions_tenant_user_id_users"),
        ),
        sa.PrimaryKeyConstraint("tenant", "session_id", name=op.f("pk_sessions")),
    )
    op.create_index(
        "ix_sessions_user_id", "sessions", ["tenant", "user_id", "ended_at"], unique=False
    )
    op.create_table(
        "sign_ins",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("handle_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('OTP', 'ACTIVATION', 'PASSWORD', 'ENROLMENT', 'CONFIRMATION')",
            name=op.f("ck_sign_ins_step"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "user_id"],
            ["users.tenant", "users.user_id"],
            name=op.f("fk_sign_ins_tenant_user_id_users"),
        ),
        sa.PrimaryKeyConstraint("tenant", "handle_hash", name=op.f("pk_sign_ins")),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["tenant", "session_id"],
            ["sessions.tenant", "sessions.session_id"],
            name=op.f("fk_refresh_tokens_tenant_session_id_sessions"),
        ),
        sa.PrimaryKeyConstraint("tenant", "token_hash", name=op.f("pk_refresh_tokens")),
    )
    for name in _TENANT_TABLES:
        schema.secure_tenant_table(name)
    # What has happened stays as it was written down.
    op.execute("REVOKE UPDATE, DELETE ON access_history FROM identity_app, identity_staff")


def downgrade() -> None:
    """Drop them again, what refers to others first."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in reversed(_TENANT_TABLES):
        op.drop_table(name)
    for name in _CONTACT:
        op.drop_column("policyholders", name)
