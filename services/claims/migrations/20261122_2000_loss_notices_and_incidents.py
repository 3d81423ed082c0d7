"""Loss notices, incidents, the copies they are judged against, and the periods they must keep."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from libs.common import schema

revision = "20261122_2000"
down_revision = None

_TENANTS = (
    "branch_histories",
    "incidents",
    "incident_entries",
    "loss_notices",
    "notice_counts",
)
_REFERENCE = ("notice_periods", "loss_causes")
_SINCE = date(2004, 10, 1)
_PERIODS = (
    # Name, days, source, sample.
    ("PRE_SHIPMENT", 45, "Domain notes 6.1, from the day the accident is fixed [S56]", False),
    ("POST_SHIPMENT", 45, "Domain notes 6.1, from the due date [S56]", False),
    ("SIGHT", 30, "Domain notes 1.2, days a payment at sight is priced for; here assumed", True),
)


def upgrade() -> None:
    """Create the tables of claims and enter the periods."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    schema.create_plumbing()
    _create_branch_histories()
    _create_incidents()
    _create_loss_notices()
    _create_terms()
    for name in _TENANTS:
        schema.secure_tenant_table(name)
    for name in _REFERENCE:
        schema.secure_reference_table(name)


def downgrade() -> None:
    """Drop them again."""
    for name in ("loss_notices", "incident_entries", "incidents", "notice_counts"):
        op.drop_table(name)
    for name in ("branch_histories", *_REFERENCE):
        op.drop_table(name)
    schema.drop_plumbing()


def _create_branch_histories() -> None:
    op.create_table(
        "branch_histories",
        *_texts("tenant", "policy_number", "branch_number", "history_number"),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        *_texts("status", "currency"),
        sa.Column("contract_date", sa.Date(), nullable=False),
        sa.Column("pre_shipment_amount", sa.Numeric(15, 2), nullable=False),
        sa.Column("post_shipment_amount", sa.Numeric(15, 2)),
        *_texts("payer_code", "sales_counterparty_code"),
        sa.Column("guarantor_code", sa.Text()),
        sa.Column("settlements", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant",
            "policy_number",
            "branch_number",
            "history_number",
            name=op.f("pk_branch_histories"),
        ),
    )


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        *_texts("tenant", "id", "policy_number", "branch_number", "buyer_code", "status"),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        *_version(),
        _check("incidents", "status", "status IN ('OPEN', 'CLOSED')"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_incidents")),
    )
    of_one = ["tenant", "policy_number", "branch_number", "buyer_code"]
    op.create_index("uq_incidents_tenant", "incidents", of_one, unique=True)
    op.create_index("ix_incidents_updated_at", "incidents", ["tenant", "updated_at", "id"])
    op.create_table(
        "incident_entries",
        *_texts("tenant", "incident_id"),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        *_texts("kind", "loss_notice_id", "reference"),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "incident_id", "number", name=op.f("pk_incident_entries")
        ),
        _of_incident("incident_entries"),
    )


def _create_loss_notices() -> None:
    op.create_table(
        "loss_notices",
        *_texts("tenant", "id", "kind", "status"),
        *_texts_if_any("reference", "incident_id", "policy_number", "branch_number"),
        sa.Column("settlement_slot", sa.SmallInteger()),
        *_texts_if_any("buyer_code"),
        sa.Column("unpaid_amount", sa.Numeric(22, 4)),
        *_texts_if_any("unpaid_currency", "cause"),
        *(sa.Column(name, sa.Date()) for name in ("accident_fixed_on", "shipped_on", "due_on")),
        *_texts_if_any("description"),
        sa.Column("deadline_on", sa.Date()),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("deemed_received_on", sa.Date()),
        *_version(),
        _check("loss_notices", "kind", "kind IN ('PRE_SHIPMENT', 'POST_SHIPMENT')"),
        _check("loss_notices", "unpaid", "(unpaid_amount IS NULL) = (unpaid_currency IS NULL)"),
        _check("loss_notices", "filed_has_reference", "(status = 'DRAFT') = (reference IS NULL)"),
        _check("loss_notices", "filed_has_incident", "(status = 'DRAFT') = (incident_id IS NULL)"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_loss_notices")),
        _of_incident("loss_notices"),
    )
    op.create_index(
        "uq_loss_notices_open",
        "loss_notices",
        ["tenant", "policy_number", "branch_number", "settlement_slot"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where="status IN ('SUBMITTED', 'IN_REVIEW', 'RETURNED', 'ACCEPTED')",
    )
    op.create_index(
        "uq_loss_notices_reference", "loss_notices", ["tenant", "reference"], unique=True
    )
    op.create_index("ix_loss_notices_updated_at", "loss_notices", ["tenant", "updated_at", "id"])
    op.create_table(
        "notice_counts",
        *_texts("tenant"),
        sa.Column("fiscal_year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("filed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "fiscal_year", name=op.f("pk_notice_counts")),
    )


def _create_terms() -> None:
    periods = op.create_table(
        "notice_periods",
        *_texts("name"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        *_texts("source"),
        sa.Column("sample", sa.Boolean(), nullable=False),
        _check("notice_periods", "positive", "days > 0"),
        sa.PrimaryKeyConstraint("name", "valid_from", name=op.f("pk_notice_periods")),
    )
    columns = ("name", "days", "source", "sample")
    rows = [dict(zip(columns, row, strict=True)) | {"valid_from": _SINCE} for row in _PERIODS]
    op.bulk_insert(periods, rows)
    op.create_table(
        "loss_causes",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        *_texts("code"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("pre_shipment", "post_shipment", "takes_overdue")
        ),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_loss_causes")),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _texts_if_any(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text()) for name in names]


def _version() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _of_incident(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "incident_id"],
        ["incidents.tenant", "incidents.id"],
        name=op.f(f"fk_{table}_tenant_incident_id_incidents"),
    )
