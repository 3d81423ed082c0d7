"""Check and fixed ledgers with their calendar and jobs, marks, holds and refused rows."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common import schema

revision = "20261122_2000"
down_revision = "20261122_0900"

_HISTORY = ("policy_number", "branch_number", "history_number")
_OWNED = (
    "check_ledgers",
    "check_ledger_lines",
    "refused_rows",
    "marks",
    "holds",
    "decisions",
    "fixed_ledgers",
    "fixed_ledger_lines",
)

# weekdays, days of the month (31: its end), business days counted from its end
_CALENDARS: tuple[tuple[Any, ...], ...] = (
    ("10", "CHECK", [3], [], [], False, "ledger notes §2.4: every Wednesday"),
    ("15", "CHECK", [], [10, 20, 31], [], True, "ledger notes A27: assumed, configurable"),
    ("10", "FIXED", [], [], [1], False, "ledger notes §2.6, A27: the last of the two days"),
    ("15", "FIXED", [], [], [1], False, "ledger notes §2.6, A27: the last of the two days"),
)


def upgrade() -> None:
    """Create the tables of the cycle and enter the calendars of both offices."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    schema.create_job_runs()
    _create_calendars()
    _create_check_ledgers()
    _create_refused_rows()
    _create_marks_and_holds()
    _create_fixed_ledgers()
    for name in _OWNED:
        schema.secure_tenant_table(name)


def downgrade() -> None:
    """Drop them again."""
    for name in reversed(("job_runs", "cycle_calendars", *_OWNED)):
        op.drop_table(name)


def _create_calendars() -> None:
    lists = ("weekdays", "days_of_month", "business_days_from_end")
    calendars = op.create_table(
        "cycle_calendars",
        *_texts("branch_office_code", "ledger"),
        _day("valid_from"),
        *(sa.Column(name, postgresql.ARRAY(sa.SmallInteger()), nullable=False) for name in lists),
        *_texts("source"),
        _flag("sample"),
        sa.PrimaryKeyConstraint(
            "branch_office_code", "ledger", "valid_from", name=op.f("pk_cycle_calendars")
        ),
        sa.CheckConstraint("ledger IN ('CHECK', 'FIXED')", name=op.f("ck_cycle_calendars_ledger")),
    )
    names = ("branch_office_code", "ledger", *lists, "sample", "source")
    from_on = {"valid_from": date(2004, 10, 1)}
    op.bulk_insert(calendars, [dict(zip(names, row, strict=True)) | from_on for row in _CALENDARS])
    schema.secure_reference_table("cycle_calendars")


def _create_check_ledgers() -> None:
    _owned_table(
        "check_ledgers",
        ("id",),
        *_texts("id", "agreement_code", "branch_office_code"),
        *(_day(name) for name in ("from_on", "to_on", "published_on")),
        _moment("published_at"),
        _flag("sample"),
        *_texts("status"),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("confirmed_by", sa.Text()),
        *(_number(name) for name in ("line_count", "marked_count", "refused_count", "version")),
        _moment("updated_at"),
        sa.CheckConstraint(
            "status IN ('PUBLISHED', 'CONFIRMED')", name=op.f("ck_check_ledgers_status")
        ),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_check_ledgers_forward")),
        sa.UniqueConstraint(
            "tenant",
            "agreement_code",
            "to_on",
            name=op.f("uq_check_ledgers_tenant_agreement_code_to_on"),
        ),
    )
    op.create_index("ix_check_ledgers_updated_at", "check_ledgers", ["tenant", "updated_at", "id"])
    _owned_table(
        "check_ledger_lines",
        ("check_ledger_id", "line"),
        *_texts("check_ledger_id"),
        _number("line"),
        *_texts("kind"),
        *(sa.Column(name, sa.Text()) for name in _HISTORY),
        sa.Column("revision", sa.SmallInteger()),
        sa.Column("upload_id", sa.Text()),
        sa.Column("upload_row", sa.Integer()),
        sa.CheckConstraint(
            "kind IN ('CONTRACT', 'REFUSED')", name=op.f("ck_check_ledger_lines_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'CONTRACT') = (revision IS NOT NULL)",
            name=op.f("ck_check_ledger_lines_contract_named"),
        ),
        sa.CheckConstraint(
            "(kind = 'REFUSED') = (upload_row IS NOT NULL)",
            name=op.f("ck_check_ledger_lines_row_named"),
        ),
    )
    op.create_index(
        "ix_check_ledger_lines_history", "check_ledger_lines", ["tenant", *_HISTORY, "revision"]
    )
    op.create_index(
        "ix_check_ledger_lines_row",
        "check_ledger_lines",
        ["tenant", "upload_id", "upload_row"],
        postgresql_where=sa.text("kind = 'REFUSED'"),
    )


def _create_refused_rows() -> None:
    _owned_table(
        "refused_rows",
        ("upload_id", "row"),
        *_texts("upload_id"),
        _number("row"),
        sa.Column("policy_number", sa.Text()),
        sa.Column("agreement_code", sa.Text()),
    )
    op.create_index("ix_refused_rows_agreement", "refused_rows", ["tenant", "agreement_code"])


def _create_marks_and_holds() -> None:
    reasons = ("reason_ja", "reason_en")
    _owned_table(
        "marks",
        (*_HISTORY, "revision"),
        *_texts(*_HISTORY),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        *_texts("kind"),
        sa.Column("rule", sa.Text()),
        *_texts(*reasons),
        _moment("marked_at"),
        *_texts("marked_by"),
        sa.CheckConstraint("kind IN ('STAFF', 'RECHECK')", name=op.f("ck_marks_kind")),
    )
    _owned_table(
        "holds",
        ("policy_number",),
        *_texts("policy_number", *reasons),
        _moment("held_at"),
        *_texts("held_by"),
    )
    _owned_table(
        "decisions",
        ("id",),
        *_texts("id", "act", "policy_number"),
        sa.Column("branch_number", sa.Text()),
        sa.Column("history_number", sa.Text()),
        sa.Column("revision", sa.SmallInteger()),
        *_texts(*reasons),
        _moment("decided_at"),
        *_texts("decided_by"),
        sa.CheckConstraint(
            "act IN ('MARK', 'UNMARK', 'HOLD', 'RELEASE')", name=op.f("ck_decisions_act")
        ),
    )
    op.create_index("ix_decisions_policy_number", "decisions", ["tenant", "policy_number"])


def _create_fixed_ledgers() -> None:
    _owned_table(
        "fixed_ledgers",
        ("id",),
        *_texts("id", "agreement_code", "branch_office_code", "month"),
        _day("published_on"),
        _moment("published_at"),
        _flag("sample"),
        _number("line_count"),
        sa.Column("invoice_id", sa.Text()),
        sa.Column("invoice_number", sa.Text()),
        sa.Column("invoiced_on", sa.Date()),
        _number("version"),
        _moment("updated_at"),
        sa.UniqueConstraint(
            "tenant",
            "agreement_code",
            "month",
            name=op.f("uq_fixed_ledgers_tenant_agreement_code_month"),
        ),
    )
    op.create_index("ix_fixed_ledgers_updated_at", "fixed_ledgers", ["tenant", "updated_at", "id"])
    _owned_table(
        "fixed_ledger_lines",
        ("fixed_ledger_id", "line"),
        *_texts("fixed_ledger_id"),
        _number("line"),
        *_texts(*_HISTORY),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.UniqueConstraint(
            "tenant", *_HISTORY, "revision", name=op.f("uq_fixed_ledger_lines_history")
        ),
    )


def _owned_table(name: str, key: tuple[str, ...], *parts: sa.Column[Any] | sa.Constraint) -> None:
    op.create_table(
        name,
        *_texts("tenant"),
        *parts,
        sa.PrimaryKeyConstraint("tenant", *key, name=op.f(f"pk_{name}")),
    )


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)
