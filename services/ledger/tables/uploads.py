"""Ledger uploads (申込台帳の提出), what was found in them, and the work they still need."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base


class Upload(TenantOwned, Base):
    """One file handed in, from receipt to the end of its judgement (台帳アップロード)."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint(
            "status IN ('RECEIVED', 'VALIDATING', 'INVALID', 'READY', 'APPLYING', 'APPLIED',"
            " 'CANCELLED', 'FAILED')",
            name="status",
        ),
        CheckConstraint("mode IN ('DRY_RUN', 'SUBMIT')", name="mode"),
        CheckConstraint("acceptance IN ('PER_POLICY', 'ALL_OR_NOTHING')", name="acceptance"),
        Index("ix_uploads_sha256", "tenant", "sha256"),
        Index("ix_uploads_updated_at", "tenant", "updated_at", "id"),
        Index(
            "ix_uploads_kept",
            "tenant",
            "finished_at",
            postgresql_where=text("forgotten_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    mode: Mapped[str]
    acceptance: Mapped[str]
    declared_layout: Mapped[str | None]
    declared_count: Mapped[str | None]
    charset: Mapped[str]
    evidence_cases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    file_name: Mapped[str]
    file_key: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)

    layout: Mapped[str | None]
    slots: Mapped[int | None] = mapped_column(SmallInteger)
    row_count: Mapped[int | None]
    policy_count: Mapped[int | None]
    accepted_count: Mapped[int] = mapped_column(default=0)
    rejected_count: Mapped[int] = mapped_column(default=0)
    error_count: Mapped[int] = mapped_column(default=0)
    warning_count: Mapped[int] = mapped_column(default=0)
    findings_kept: Mapped[int] = mapped_column(default=0)
    dry_run: Mapped[dict[str, int] | None] = mapped_column(JSONB)

    # Into how many parts it was cut, and which of them have rows.
    cut_into: Mapped[int | None]
    parts: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    parts_done: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    submitted_by: Mapped[str]
    request_id: Mapped[str]
    received_at: Mapped[datetime]
    deemed_received_on: Mapped[date]
    updated_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]  # since when its file is no longer kept
    version: Mapped[int]


class UploadFinding(TenantOwned, Base):
    """One fault found in a file, with its place (エラー・警告)."""

    __tablename__ = "upload_findings"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "upload_id"], ["uploads.tenant", "uploads.id"]),
    )

    upload_id: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)  # 0: the file as a whole
    number: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str]
    severity: Mapped[str]
    column: Mapped[str | None]
    item_nos: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    slot: Mapped[int | None] = mapped_column(SmallInteger)
    field: Mapped[str | None]
    code: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    value: Mapped[str | None]


class UploadTask(Base):
    """A piece of work waiting for any worker: it names a tenant but shows nothing of its data.

    The row is the lease: who locks it does the work and deletes it in the same transaction, so
    a killed worker leaves the task where it was.
    """

    __tablename__ = "upload_tasks"
    __table_args__ = (
        CheckConstraint("kind IN ('READ', 'JUDGE', 'APPLY', 'APPLY_ALL', 'TIDY')", name="kind"),
        Index("ix_upload_tasks_turn", "policyholder_code", "turn"),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    policyholder_code: Mapped[str]
    upload_id: Mapped[str]
    kind: Mapped[str]
    part: Mapped[int]
    turn: Mapped[int | None] = mapped_column(BigInteger)  # set when it leads to application


class UploadTaskTaker(Base):
    """A process that began a piece of work; who finishes it takes these rows away with it.

    What is left of it are processes that did not live to the end. Not a column of the task: that
    row is locked by the one at work, who could not say beforehand that it begins.
    """

    __tablename__ = "upload_task_takers"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    worker: Mapped[str] = mapped_column(primary_key=True)
