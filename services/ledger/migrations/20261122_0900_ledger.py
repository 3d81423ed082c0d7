"""Uploads with their findings and tasks, contracts in two times, copies of the registers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common import schema

revision = "20261122_0900"
down_revision = None

TABLES = (
    "significant_delays",
    "contract_histories",
    "contracts",
    "upload_tasks",
    "upload_findings",
    "uploads",
    "rule_severities",
    "code_tables",
    "policyholders",
    "buyers",
    "agreements",
)


def upgrade() -> None:
    """Create the ledger's tables."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    schema.create_plumbing()
    op.create_table(
        "agreements",
        sa.Column("agreement_code", sa.Text(), nullable=False),
        sa.Column("branch_office_code", sa.Text(), nullable=False),
        sa.Column("policyholder_code", sa.Text(), nullable=False),
        sa.Column("holder_name_ja", sa.Text(), nullable=False),
        sa.Column("holder_short_name_ja", sa.Text()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("significant_delay_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agreement_code", name=op.f("pk_agreements")),
    )
    schema.secure_reference_table("agreements")
    op.create_table(
        "buyers",
        sa.Column("buyer_code", sa.Text(), nullable=False),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("buyer_code", name=op.f("pk_buyers")),
    )
    schema.secure_reference_table("buyers")
    op.create_table(
        "policyholders",
        sa.Column("policyholder_code", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("policyholder_code", name=op.f("pk_policyholders")),
    )
    schema.secure_reference_table("policyholders")
    op.create_table(
        "code_tables",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_code_tables")),
    )
    schema.secure_reference_table("code_tables")
    op.create_table(
        "rule_severities",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "valid_from", name=op.f("pk_rule_severities")),
    )
    schema.secure_reference_table("rule_severities")
    op.create_table(
        "uploads",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("acceptance", sa.Text(), nullable=False),
        sa.Column("declared_layout", sa.Text()),
        sa.Column("declared_count", sa.Text()),
        sa.Column("charset", sa.Text(), nullable=False),
        sa.Column("evidence_cases", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("layout", sa.Text()),
        sa.Column("slots", sa.SmallInteger()),
        sa.Column("row_count", sa.Integer()),
        sa.Column("policy_count", sa.Integer()),
        sa.Column("accepted_count", sa.Integer(), nullable=False),
        sa.Column("rejected_count", sa.Integer(), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column("warning_count", sa.Integer(), nullable=False),
        sa.Column("findings_kept", sa.Integer(), nullable=False),
        sa.Column("dry_run", postgresql.JSONB()),
        sa.Column("parts", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("parts_done", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deemed_received_on", sa.Date(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "acceptance IN ('PER_POLICY', 'ALL_OR_NOTHING')", name=op.f("ck_uploads_acceptance")
        ),
        sa.CheckConstraint("mode IN ('DRY_RUN', 'SUBMIT')", name=op.f("ck_uploads_mode")),
        sa.CheckConstraint(
            "status IN ('RECEIVED', 'VALIDATING', 'INVALID', 'READY', 'APPLYING', 'APPLIED',"
            " 'CANCELLED', 'FAILED')",
            name=op.f("ck_uploads_status"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_sha256", "uploads", ["tenant", "sha256"], unique=False)
    op.create_index(
        "ix_uploads_updated_at", "uploads", ["tenant", "updated_at", "id"], unique=False
    )
    schema.secure_tenant_table("uploads")
    op.create_table(
        "upload_findings",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("upload_id", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("column", sa.Text()),
        sa.Column("item_nos", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("slot", sa.SmallInteger()),
        sa.Column("field", sa.Text()),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.ForeignKeyConstraint(
            ["tenant", "upload_id"],
            ["uploads.tenant", "uploads.id"],
            name=op.f("fk_upload_findings_tenant_upload_id_uploads"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant", "upload_id", "row", "number", name=op.f("pk_upload_findings")
        ),
    )
    schema.secure_tenant_table("upload_findings")
    op.create_table(
        "upload_tasks",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("policyholder_code", sa.Text(), nullable=False),
        sa.Column("upload_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("turn", sa.BigInteger()),
        sa.CheckConstraint(
            "kind IN ('READ', 'JUDGE', 'APPLY', 'APPLY_ALL')", name=op.f("ck_upload_tasks_kind")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_upload_tasks")),
    )
    op.create_index(
        "ix_upload_tasks_turn", "upload_tasks", ["policyholder_code", "turn"], unique=False
    )
    schema.secure_service_table("upload_tasks")
    op.execute("CREATE SEQUENCE upload_turns")
    schema.grant_sequence("upload_turns")
    op.create_table(
        "contracts",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("policy_number", sa.Text(), nullable=False),
        sa.Column("agreement_code", sa.Text(), nullable=False),
        sa.Column("applicant_code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("upload_id", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('APPLIED', 'IN_FORCE', 'TERMINATED', 'CANCELLED')",
            name=op.f("ck_contracts_status"),
        ),
        sa.PrimaryKeyConstraint("tenant", "policy_number", name=op.f("pk_contracts")),
    )
    op.create_index("ix_contracts_updated_at", "contracts", ["updated_at"], postgresql_using="brin")
    schema.secure_tenant_table("contracts")
    op.create_table(
        "contract_histories",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("policy_number", sa.Text(), nullable=False),
        sa.Column("branch_number", sa.Text(), nullable=False),
        sa.Column("history_number", sa.Text(), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("processing_type", sa.Text(), nullable=False),
        sa.Column("change_reason", sa.Text()),
        sa.Column("contract_change_date", sa.Date()),
        sa.Column("original_branch_number", sa.Text()),
        sa.Column("upload_id", sa.Text(), nullable=False),
        sa.Column("upload_row", sa.Integer(), nullable=False),
        sa.Column("insured_code", sa.Text(), nullable=False),
        sa.Column("beneficiary_code", sa.Text(), nullable=False),
        sa.Column("insured_department", sa.Text()),
        sa.Column("application_date", sa.Date(), nullable=False),
        sa.Column("contract_form", sa.Text(), nullable=False),
        sa.Column("contract_date", sa.Date(), nullable=False),
        sa.Column("effective_date", sa.Date()),
        sa.Column("contract_number", sa.Text(), nullable=False),
        sa.Column("contract_principal", sa.Numeric(precision=15, scale=2), nullable=False),
        sa.Column("reference_number", sa.Text()),
        sa.Column("other_insurance_flag", sa.Boolean(), nullable=False),
        sa.Column("currency_code", sa.Text(), nullable=False),
        sa.Column("exchange_rate", sa.Numeric(precision=11, scale=4)),
        sa.Column("goods_hs_code", sa.Text(), nullable=False),
        sa.Column("delivery_terms", sa.Text(), nullable=False),
        sa.Column("effectuation_condition_flag", sa.Boolean(), nullable=False),
        sa.Column("destination_country", sa.Text(), nullable=False),
        sa.Column("payment_country", sa.Text(), nullable=False),
        sa.Column("payer_code", sa.Text(), nullable=False),
        sa.Column("guarantee_country", sa.Text()),
        sa.Column("guarantor_code", sa.Text()),
        sa.Column("purchase_country", sa.Text()),
        sa.Column("loading_country", sa.Text()),
        sa.Column("sales_country", sa.Text(), nullable=False),
        sa.Column("sales_counterparty_code", sa.Text(), nullable=False),
        sa.Column("last_shipment_date", sa.Date(), nullable=False),
        sa.Column("pre_shipment_amount", sa.Numeric(precision=15, scale=2), nullable=False),
        sa.Column("post_shipment_amount", sa.Numeric(precision=15, scale=2)),
        sa.Column("settlements", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "status IN ('ACTIVE', 'REDUCED_TO_ZERO', 'CANCELLED')",
            name=op.f("ck_contract_histories_status"),
        ),
        sa.CheckConstraint(
            "known_to IS NULL OR known_to > known_from",
            name=op.f("ck_contract_histories_known_forward"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_contract_histories_valid_forward"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant",
            "policy_number",
            "branch_number",
            "history_number",
            "known_from",
            name=op.f("pk_contract_histories"),
        ),
    )
    schema.secure_tenant_table("contract_histories")
    op.create_table(
        "significant_delays",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("agreement_code", sa.Text(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "agreement_code", name=op.f("pk_significant_delays")),
    )
    schema.secure_tenant_table("significant_delays")


def downgrade() -> None:
    """Drop them again."""
    for name in TABLES:
        op.drop_table(name)
    op.execute("DROP SEQUENCE upload_turns")
    schema.drop_plumbing()
