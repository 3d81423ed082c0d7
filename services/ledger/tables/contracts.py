"""Contracts born in ledgers: what is true of them when, and since when we know it.

A history row is a version in two times. `valid_from`/`valid_to` say for which days of business
its content holds; `known_from`/`known_to` say between which moments the platform believed so.
Nothing is overwritten: a new belief closes `known_to` of the old one. 履歴番号 numbers the states
a branch went through, and `revision` the corrections of one state.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Numeric, SmallInteger, false
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base

Amount = Numeric(15, 2)
Rate = Numeric(11, 4)


class Contract(TenantOwned, Base):
    """A policy number (証券番号) and whose contract it stands for."""

    __tablename__ = "contracts"
    __table_args__ = (
        CheckConstraint(
            "status IN ('APPLIED', 'IN_FORCE', 'TERMINATED', 'CANCELLED')", name="status"
        ),
        CheckConstraint(
            "lateness IN ('LATE', 'EXPLANATION_WANTED', 'SIGNIFICANT_DELAY')", name="lateness"
        ),
        # What changed last lies together: a block range index finds it at almost no cost.
        Index("ix_contracts_updated_at", "updated_at", postgresql_using="brin"),
    )

    policy_number: Mapped[str] = mapped_column(primary_key=True)
    agreement_code: Mapped[str]
    applicant_code: Mapped[str]
    status: Mapped[str]
    received_on: Mapped[date]
    lateness: Mapped[str | None]
    upload_id: Mapped[str]
    updated_at: Mapped[datetime]
    version: Mapped[int]


class ContractHistory(TenantOwned, Base):
    """What is held true of one branch of a contract (枝番・履歴)."""

    __tablename__ = "contract_histories"
    # No foreign key to the contract: asked row by row it costs as much as all else about a history,
    # and the one act that inserts histories inserts their contracts beside them.
    __table_args__ = (
        CheckConstraint("status IN ('ACTIVE', 'REDUCED_TO_ZERO', 'CANCELLED')", name="status"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_forward"),
        CheckConstraint("known_to IS NULL OR known_to > known_from", name="known_forward"),
    )

    policy_number: Mapped[str] = mapped_column(primary_key=True)
    branch_number: Mapped[str] = mapped_column(primary_key=True)
    history_number: Mapped[str] = mapped_column(primary_key=True)
    known_from: Mapped[datetime] = mapped_column(primary_key=True)
    known_to: Mapped[datetime | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    revision: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]

    processing_type: Mapped[str]
    change_reason: Mapped[str | None]
    contract_change_date: Mapped[date | None]
    original_branch_number: Mapped[str | None]
    upload_id: Mapped[str]
    upload_row: Mapped[int]

    insured_code: Mapped[str]
    beneficiary_code: Mapped[str]
    insured_department: Mapped[str | None]
    application_date: Mapped[date]
    contract_form: Mapped[str]
    contract_date: Mapped[date]
    effective_date: Mapped[date | None]
    contract_number: Mapped[str]
    contract_principal: Mapped[Decimal] = mapped_column(Amount)
    reference_number: Mapped[str | None]
    other_insurance_flag: Mapped[bool]
    currency_code: Mapped[str]
    exchange_rate: Mapped[Decimal | None] = mapped_column(Rate)
    goods_hs_code: Mapped[str]
    delivery_terms: Mapped[str]
    effectuation_condition_flag: Mapped[bool]
    destination_country: Mapped[str]
    payment_country: Mapped[str]
    payer_code: Mapped[str]
    guarantee_country: Mapped[str | None]
    guarantor_code: Mapped[str | None]
    purchase_country: Mapped[str | None]
    loading_country: Mapped[str | None]
    sales_country: Mapped[str]
    sales_counterparty_code: Mapped[str]
    last_shipment_date: Mapped[date]
    pre_shipment_amount: Mapped[Decimal] = mapped_column(Amount)
    post_shipment_amount: Mapped[Decimal | None] = mapped_column(Amount)
    settlements: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    # What makes the change a significant one (重大な変更), by its items; until when it was to be
    # notified, and whether it came later than that.
    significant_items: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{}")
    notify_by: Mapped[date | None]
    late_notification: Mapped[bool] = mapped_column(server_default=false())


class SignificantDelays(TenantOwned, Base):
    """How often a special agreement has been significantly late (著しい遅滞の回数)."""

    __tablename__ = "significant_delays"

    agreement_code: Mapped[str] = mapped_column(primary_key=True)
    counted: Mapped[int]
