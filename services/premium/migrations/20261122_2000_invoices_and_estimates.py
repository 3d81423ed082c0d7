"""Invoices with their lines, numbers and terms; estimates, and the buyers they are asked about."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common import schema
from services.premium import data

revision = "20261122_2000"
down_revision = "20261122_0930"

_REFERENCE = ("invoice_terms", "buyers")
_OWNED = ("invoices", "invoice_lines", "invoice_counters", "estimates")
_HISTORY = ("policy_number", "branch_number", "history_number")
_YEN = sa.Numeric(18, 0)


def upgrade() -> None:
    """Create the tables and enter the terms of payment."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_invoices()
    _create_invoice_lines()
    _create_invoice_counters()
    _create_invoice_terms()
    _create_buyers()
    _create_estimates()
    op.add_column("agreement_covers", sa.Column("holder_name_ja", sa.Text()))
    for name in _REFERENCE:
        schema.secure_reference_table(name)
    for name in _OWNED:
        schema.secure_tenant_table(name)


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("agreement_covers", "holder_name_ja")
    for name in reversed((*_REFERENCE, *_OWNED)):
        op.drop_table(name)


def _create_invoices() -> None:
    op.create_table(
        "invoices",
        *_texts("tenant", "id", "fixed_ledger_id", "agreement_code", "month"),
        sa.Column("published_on", sa.Date(), nullable=False),
        _number("line_count"),
        *_texts("status"),
        sa.Column("invoice_number", sa.Text()),
        sa.Column("due_on", sa.Date()),
        sa.Column("total", _YEN),
        sa.Column("sample", sa.Boolean()),
        _number("version"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_invoices")),
        sa.UniqueConstraint(
            "tenant", "fixed_ledger_id", name=op.f("uq_invoices_tenant_fixed_ledger_id")
        ),
        sa.UniqueConstraint(
            "tenant", "invoice_number", name=op.f("uq_invoices_tenant_invoice_number")
        ),
        sa.CheckConstraint("status IN ('PENDING', 'ISSUED')", name=op.f("ck_invoices_status")),
        sa.CheckConstraint(
            "(status = 'ISSUED') = (invoice_number IS NOT NULL)"
            " AND (status = 'ISSUED') = (total IS NOT NULL)"
            " AND (status = 'ISSUED') = (sample IS NOT NULL)",
            name=op.f("ck_invoices_issued_whole"),
        ),
        sa.CheckConstraint(
            "(due_on IS NOT NULL) = (coalesce(total, 0) > 0)",
            name=op.f("ck_invoices_due_when_owed"),
        ),
    )
    op.create_index("ix_invoices_updated_at", "invoices", ["tenant", "updated_at", "id"])
    op.create_index(
        "ix_invoices_pending",
        "invoices",
        ["tenant", "published_on", "id"],
        postgresql_where=sa.text("status = 'PENDING'"),
    )


def _create_invoice_lines() -> None:
    op.create_table(
        "invoice_lines",
        *_texts("tenant", "fixed_ledger_id"),
        _number("line"),
        *_texts(*_HISTORY),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        *(sa.Column(name, _YEN) for name in ("premium", "already_invoiced", "amount")),
        sa.PrimaryKeyConstraint("tenant", "fixed_ledger_id", "line", name=op.f("pk_invoice_lines")),
        sa.UniqueConstraint("tenant", *_HISTORY, "revision", name=op.f("uq_invoice_lines_history")),
        sa.CheckConstraint(
            "(amount IS NULL) = (premium IS NULL)"
            " AND (amount IS NULL) = (already_invoiced IS NULL)",
            name=op.f("ck_invoice_lines_asked_whole"),
        ),
        sa.CheckConstraint(
            "amount = CASE WHEN superseded THEN 0 ELSE premium - already_invoiced END",
            name=op.f("ck_invoice_lines_difference"),
        ),
    )


def _create_invoice_counters() -> None:
    op.create_table(
        "invoice_counters",
        *_texts("tenant"),
        _number("fiscal_year"),
        _number("last"),
        sa.PrimaryKeyConstraint("tenant", "fiscal_year", name=op.f("pk_invoice_counters")),
    )


def _create_invoice_terms() -> None:
    terms = op.create_table(
        "invoice_terms",
        *_texts("name"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        *_texts("value", "source"),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", "valid_from", name=op.f("pk_invoice_terms")),
    )
    op.bulk_insert(terms, data.rows_for(terms, "tariff/invoice_terms"))


def _create_buyers() -> None:
    op.create_table(
        "buyers",
        *_texts("buyer_code", "country_code"),
        sa.Column("rating", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("buyer_code", name=op.f("pk_buyers")),
    )


def _create_estimates() -> None:
    op.create_table(
        "estimates",
        *_texts("tenant", "id", "agreement_code", "buyer_code"),
        sa.Column("asked", postgresql.JSON(), nullable=False),
        sa.Column("rating", sa.Text()),
        sa.Column("rating_basis", postgresql.JSON()),
        *_texts("edition"),
        sa.Column("premium", _YEN, nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("parts", postgresql.JSON(), nullable=False),
        _moment("estimated_at"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_estimates")),
    )
    op.create_index("ix_estimates_estimated_at", "estimates", ["tenant", "estimated_at", "id"])


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
