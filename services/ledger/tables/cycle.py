"""The weekly and the monthly round of a ledger: what was shown, marked, held and made final.

A line names one revision of one history. What is on no line of a fixed ledger is pending: it
goes to the next check ledger, and is made final at month end unless it is marked or held.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference, TenantOwned

from .root import Base


class CycleCalendar(Reference, Base):
    """On which days an office publishes its ledgers, from a day on (照合・確定の日程).

    A day is one of them when any of the three lists names it: `weekdays` as ISO counts them,
    `days_of_month` (31 stands for the month's end), `business_days_from_end` (1: the last one).
    What was entered once stays; a later version begins no earlier than the one before it.
    """

    __tablename__ = "cycle_calendars"
    __table_args__ = (CheckConstraint("ledger IN ('CHECK', 'FIXED')", name="ledger"),)

    branch_office_code: Mapped[str] = mapped_column(primary_key=True)
    ledger: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    days_of_month: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    business_days_from_end: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    source: Mapped[str]
    sample: Mapped[bool]
    entered_at: Mapped[datetime | None]  # null: it came with the platform
    entered_by: Mapped[str | None]


class CheckLedger(TenantOwned, Base):
    """What was received under an agreement, for its holder to check (照合用台帳)."""

    __tablename__ = "check_ledgers"
    __table_args__ = (
        CheckConstraint("status IN ('PUBLISHED', 'CONFIRMED')", name="status"),
        CheckConstraint("to_on >= from_on", name="forward"),
        UniqueConstraint("tenant", "agreement_code", "to_on"),
        Index("ix_check_ledgers_updated_at", "tenant", "updated_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    agreement_code: Mapped[str]
    branch_office_code: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date]
    published_on: Mapped[date]
    published_at: Mapped[datetime]
    sample: Mapped[bool]  # its day comes from a calendar that is a sample
    status: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    line_count: Mapped[int]
    marked_count: Mapped[int]
    refused_count: Mapped[int]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class CheckLedgerLine(TenantOwned, Base):
    """One stored history, or one refused row, on a check ledger (照合用台帳の明細)."""

    __tablename__ = "check_ledger_lines"
    # No foreign keys: asked line by line they cost as much as all else about a ledger.
    __table_args__ = (
        CheckConstraint("kind IN ('CONTRACT', 'REFUSED')", name="kind"),
        CheckConstraint("(kind = 'CONTRACT') = (revision IS NOT NULL)", name="contract_named"),
        CheckConstraint("(kind = 'REFUSED') = (upload_row IS NOT NULL)", name="row_named"),
        Index(
            "ix_check_ledger_lines_history",
            *("tenant", "policy_number", "branch_number", "history_number", "revision"),
        ),
        Index(
            "ix_check_ledger_lines_row",
            *("tenant", "upload_id", "upload_row"),
            postgresql_where=text("kind = 'REFUSED'"),
        ),
    )

    check_ledger_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str]
    policy_number: Mapped[str | None]
    branch_number: Mapped[str | None]
    history_number: Mapped[str | None]
    revision: Mapped[int | None] = mapped_column(SmallInteger)
    upload_id: Mapped[str | None]
    upload_row: Mapped[int | None]


class RefusedRow(TenantOwned, Base):
    """A row refused at upload: not a contract, but named on the next check ledger (エラー欄).

    Which rules refuse it is known of every row; where in it they do, of those alone whose
    findings were kept with the upload.
    """

    __tablename__ = "refused_rows"
    __table_args__ = (Index("ix_refused_rows_agreement", "tenant", "agreement_code"),)

    upload_id: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    policy_number: Mapped[str | None]  # as it was written
    agreement_code: Mapped[str | None]
    rules: Mapped[list[str]] = mapped_column(ARRAY(Text))
    error_count: Mapped[int]


class Mark(TenantOwned, Base):
    """An error of a stored history, which keeps it from becoming final (照合の *).

    It names one revision: a correction (修正) makes the next one, and thereby clears it.
    """

    __tablename__ = "marks"
    __table_args__ = (CheckConstraint("kind IN ('STAFF', 'RECHECK')", name="kind"),)

    policy_number: Mapped[str] = mapped_column(primary_key=True)
    branch_number: Mapped[str] = mapped_column(primary_key=True)
    history_number: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    rule: Mapped[str | None]
    reason_ja: Mapped[str]
    reason_en: Mapped[str]
    marked_at: Mapped[datetime]
    marked_by: Mapped[str]


class Hold(TenantOwned, Base):
    """A policy that staff keep from becoming final (確定の留保)."""

    __tablename__ = "holds"

    policy_number: Mapped[str] = mapped_column(primary_key=True)
    reason_ja: Mapped[str]
    reason_en: Mapped[str]
    held_at: Mapped[datetime]
    held_by: Mapped[str]


class Decision(TenantOwned, Base):
    """What staff decided about a policy and why; marks and holds are what still stands of it."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("act IN ('MARK', 'UNMARK', 'HOLD', 'RELEASE')", name="act"),
        Index("ix_decisions_policy_number", "tenant", "policy_number"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    act: Mapped[str]
    policy_number: Mapped[str]
    branch_number: Mapped[str | None]
    history_number: Mapped[str | None]
    revision: Mapped[int | None] = mapped_column(SmallInteger)
    reason_ja: Mapped[str]
    reason_en: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]


class FixedLedger(TenantOwned, Base):
    """What became final under an agreement in a month (確定用台帳); its invoice follows."""

    __tablename__ = "fixed_ledgers"
    __table_args__ = (
        UniqueConstraint("tenant", "agreement_code", "month"),
        Index("ix_fixed_ledgers_updated_at", "tenant", "updated_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    agreement_code: Mapped[str]
    branch_office_code: Mapped[str]
    month: Mapped[str]  # 2026-12
    published_on: Mapped[date]
    published_at: Mapped[datetime]
    sample: Mapped[bool]  # its day comes from a calendar that is a sample
    line_count: Mapped[int]
    invoice_id: Mapped[str | None]
    invoice_number: Mapped[str | None]
    invoiced_on: Mapped[date | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class FixedLedgerLine(TenantOwned, Base):
    """One history that became final (確定用台帳の明細); each revision once in its life."""

    __tablename__ = "fixed_ledger_lines"
    __table_args__ = (
        UniqueConstraint(
            *("tenant", "policy_number", "branch_number", "history_number", "revision"),
            name="uq_fixed_ledger_lines_history",
        ),
    )

    fixed_ledger_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    policy_number: Mapped[str]
    branch_number: Mapped[str]
    history_number: Mapped[str]
    revision: Mapped[int] = mapped_column(SmallInteger)
