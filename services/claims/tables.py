"""What claims keeps: copies of contracts, loss notices, and the incidents they tell of."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.plumbing import add_plumbing
from libs.common.tables import Reference, Table, TenantOwned, new_metadata

from .domain.status import OPEN


class Base(Table):
    """Root of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


add_plumbing(Base.metadata)

Amount = Numeric(15, 2)
# As many digits as money on the wire may have: a draft holds whatever was typed.
AnyAmount = Numeric(22, 4)
STANDS = f"status IN ({', '.join(repr(status.value) for status in OPEN)})"
"""In SQL: the notice has been filed and was neither withdrawn nor rejected."""


class BranchHistory(TenantOwned, Base):
    """Our copy of one history of a branch (枝番・履歴); the newest not cancelled is the branch now.

    Shape: `settlements` as `actions.copies.AppliedSettlement`.
    """

    __tablename__ = "branch_histories"

    policy_number: Mapped[str] = mapped_column(primary_key=True)
    branch_number: Mapped[str] = mapped_column(primary_key=True)
    history_number: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]
    currency: Mapped[str]
    contract_date: Mapped[date]
    pre_shipment_amount: Mapped[Decimal] = mapped_column(Amount)
    post_shipment_amount: Mapped[Decimal | None] = mapped_column(Amount)
    payer_code: Mapped[str]
    sales_counterparty_code: Mapped[str]
    guarantor_code: Mapped[str | None]
    settlements: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Incident(TenantOwned, Base):
    """One accident (事故): what one buyer leaves unpaid of one branch, and what is filed on it."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("status IN ('OPEN', 'CLOSED')", name="status"),
        Index(
            "uq_incidents_tenant",
            "tenant",
            "policy_number",
            "branch_number",
            "buyer_code",
            unique=True,
        ),
        Index("ix_incidents_updated_at", "tenant", "updated_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    policy_number: Mapped[str]
    branch_number: Mapped[str]
    buyer_code: Mapped[str]
    status: Mapped[str]
    opened_on: Mapped[date]
    entries: Mapped[int]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class IncidentEntry(TenantOwned, Base):
    """One thing that was filed on an incident, and when; entries are never changed."""

    __tablename__ = "incident_entries"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "incident_id"], ["incidents.tenant", "incidents.id"]),
    )

    incident_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    loss_notice_id: Mapped[str]
    reference: Mapped[str]
    entered_on: Mapped[date]
    entered_at: Mapped[datetime]


class LossNotice(TenantOwned, Base):
    """A loss notice (損失等発生通知), from its first draft on."""

    __tablename__ = "loss_notices"
    __table_args__ = (
        CheckConstraint("kind IN ('PRE_SHIPMENT', 'POST_SHIPMENT')", name="kind"),
        CheckConstraint("(unpaid_amount IS NULL) = (unpaid_currency IS NULL)", name="unpaid"),
        CheckConstraint("(status = 'DRAFT') = (reference IS NULL)", name="filed_has_reference"),
        CheckConstraint("(status = 'DRAFT') = (incident_id IS NULL)", name="filed_has_incident"),
        ForeignKeyConstraint(["tenant", "incident_id"], ["incidents.tenant", "incidents.id"]),
        # One open notice tells of one settlement; before shipment, of one branch.
        Index(
            "uq_loss_notices_open",
            "tenant",
            "policy_number",
            "branch_number",
            "settlement_slot",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=STANDS,
        ),
        Index("uq_loss_notices_reference", "tenant", "reference", unique=True),
        Index("ix_loss_notices_updated_at", "tenant", "updated_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    status: Mapped[str]
    reference: Mapped[str | None]
    incident_id: Mapped[str | None]
    policy_number: Mapped[str | None]
    branch_number: Mapped[str | None]
    settlement_slot: Mapped[int | None] = mapped_column(SmallInteger)
    buyer_code: Mapped[str | None]
    unpaid_amount: Mapped[Decimal | None] = mapped_column(AnyAmount)
    unpaid_currency: Mapped[str | None]
    cause: Mapped[str | None]
    accident_fixed_on: Mapped[date | None]
    shipped_on: Mapped[date | None]
    due_on: Mapped[date | None]
    description: Mapped[str | None]
    deadline_on: Mapped[date | None]
    sample: Mapped[bool]
    received_at: Mapped[datetime | None]
    deemed_received_on: Mapped[date | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class NoticeCount(TenantOwned, Base):
    """How many notices a policyholder has filed in a fiscal year: where references come from."""

    __tablename__ = "notice_counts"

    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    filed: Mapped[int]


class NoticePeriod(Reference, Base):
    """A number of days out of the rulebook, from its first day until the next one's."""

    __tablename__ = "notice_periods"
    __table_args__ = (CheckConstraint("days > 0", name="positive"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    days: Mapped[int]
    source: Mapped[str]
    sample: Mapped[bool]


class LossCause(Reference, Base):
    """Our copy of a cause of loss (事由) in one version of the code table `loss_causes`."""

    __tablename__ = "loss_causes"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    pre_shipment: Mapped[bool]
    post_shipment: Mapped[bool]
    takes_overdue: Mapped[bool]
