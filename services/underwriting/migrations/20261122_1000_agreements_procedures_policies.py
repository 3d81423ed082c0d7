"""Special agreements, and the read models of procedures and policies."""

import sqlalchemy as sa
from alembic import op

from libs.common import schema

revision = "20261122_1000"
down_revision = None


def upgrade() -> None:
    """Create the tables of underwriting."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    schema.create_plumbing()
    _create_agreements()
    _create_procedures()
    _create_policies()


def downgrade() -> None:
    """Drop them again."""
    for name in (
        "policy_branches",
        "policies",
        "procedures",
        "special_agreements",
        "agreement_holders",
    ):
        op.drop_table(name)
    schema.drop_plumbing()


def _create_agreements() -> None:
    op.create_table(
        "agreement_holders",
        *_texts("agreement_code", "policyholder_code"),
        sa.PrimaryKeyConstraint("agreement_code", name=op.f("pk_agreement_holders")),
    )
    # Staff alone: whose a code is concerns nobody else.
    op.execute("GRANT SELECT, INSERT, UPDATE ON agreement_holders TO underwriting_staff")
    op.create_table(
        "special_agreements",
        *_texts("tenant", "agreement_code", "branch_office_code"),
        *_texts("holder_name_ja", "holder_short_name_ja"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("minimum_increase_yen", sa.Numeric(15, 0), nullable=False),
        sa.Column("file_name_waiver", sa.Boolean(), nullable=False),
        sa.Column("significant_delay_count", sa.Integer(), nullable=False),
        sa.Column("pre_shipment_political", sa.Numeric(), nullable=False),
        sa.Column("pre_shipment_credit", sa.Numeric(), nullable=False),
        sa.Column("post_shipment_political", sa.Numeric(), nullable=False),
        sa.Column("post_shipment_credit", sa.Numeric(), nullable=False),
        sa.Column("cover_is_sample", sa.Boolean(), nullable=False),
        *_version(),
        _check("special_agreements", "nine_digits", "agreement_code ~ '^[0-9]{9}$'"),
        _check("special_agreements", "branch_office", "branch_office_code IN ('10', '15')"),
        _check("special_agreements", "term", "valid_to >= valid_from"),
        _check("special_agreements", "minimum", "minimum_increase_yen >= 0"),
        _check("special_agreements", "delays", "significant_delay_count >= 0"),
        sa.PrimaryKeyConstraint("tenant", "agreement_code", name=op.f("pk_special_agreements")),
    )
    op.create_index(
        "ix_special_agreements_updated_at",
        "special_agreements",
        ["tenant", "updated_at", "agreement_code"],
    )
    schema.secure_tenant_table("special_agreements")


def _create_procedures() -> None:
    op.create_table(
        "procedures",
        *_texts("tenant", "id", "kind", "reference_id", "resource_url", "title", "status"),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("dismissed", sa.Boolean(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        *_version(),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_procedures")),
    )
    for column in ("updated_at", "received_on"):
        op.create_index(f"ix_procedures_{column}", "procedures", ["tenant", column, "id"])
    schema.secure_tenant_table("procedures")


def _create_policies() -> None:
    op.create_table(
        "policies",
        *_texts("tenant", "policy_number", "agreement_code", "applicant_code"),
        *_version(),
        sa.PrimaryKeyConstraint("tenant", "policy_number", name=op.f("pk_policies")),
    )
    op.create_index(
        "ix_policies_agreement", "policies", ["tenant", "agreement_code", "policy_number"]
    )
    op.create_index("ix_policies_updated_at", "policies", ["tenant", "updated_at", "policy_number"])
    schema.secure_tenant_table("policies")
    op.create_table(
        "policy_branches",
        *_texts("tenant", "policy_number", "branch_number", "history_number"),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        *_texts("status"),
        sa.Column("contract_date", sa.Date(), nullable=False),
        sa.Column("last_shipment_date", sa.Date(), nullable=False),
        *_texts("currency"),
        sa.Column("contract_principal", sa.Numeric(15, 2), nullable=False),
        *_texts("destination_country", "payer_code"),
        sa.PrimaryKeyConstraint(
            "tenant", "policy_number", "branch_number", name=op.f("pk_policy_branches")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "policy_number"],
            ["policies.tenant", "policies.policy_number"],
            name=op.f("fk_policy_branches_tenant_policy_number_policies"),
        ),
    )
    schema.secure_tenant_table("policy_branches")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _version() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
