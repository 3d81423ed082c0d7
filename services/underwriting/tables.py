"""What underwriting keeps: special agreements, and read models of procedures and policies."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column, relationship

from libs.common.plumbing import add_plumbing
from libs.common.tables import Reference, Table, TenantOwned, new_metadata


class Base(Table):
    """Root of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


add_plumbing(Base.metadata)

CANCELLED = "CANCELLED"
Ratio = Numeric()  # as many decimals as the agreement has


class AgreementHolder(Reference, Base):
    """To whom an agreement code was given; staff alone read it."""

    __tablename__ = "agreement_holders"

    agreement_code: Mapped[str] = mapped_column(primary_key=True)
    policyholder_code: Mapped[str]


class SpecialAgreement(TenantOwned, Base):
    """A special agreement (特約); its tenant is its holder."""

    __tablename__ = "special_agreements"
    __table_args__ = (
        CheckConstraint("agreement_code ~ '^[0-9]{9}$'", name="nine_digits"),
        CheckConstraint("branch_office_code IN ('10', '15')", name="branch_office"),
        CheckConstraint("valid_to >= valid_from", name="term"),
        CheckConstraint("minimum_increase_yen >= 0", name="minimum"),
        CheckConstraint("significant_delay_count >= 0", name="delays"),
        Index("ix_special_agreements_updated_at", "tenant", "updated_at", "agreement_code"),
    )

    agreement_code: Mapped[str] = mapped_column(primary_key=True)
    branch_office_code: Mapped[str]
    holder_name_ja: Mapped[str]
    holder_short_name_ja: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    minimum_increase_yen: Mapped[Decimal] = mapped_column(Numeric(15, 0))
    file_name_waiver: Mapped[bool]
    significant_delay_count: Mapped[int]
    pre_shipment_political: Mapped[Decimal] = mapped_column(Ratio)
    pre_shipment_credit: Mapped[Decimal] = mapped_column(Ratio)
    post_shipment_political: Mapped[Decimal] = mapped_column(Ratio)
    post_shipment_credit: Mapped[Decimal] = mapped_column(Ratio)
    cover_is_sample: Mapped[bool]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class Procedure(TenantOwned, Base):
    """A paper handed in somewhere on the platform (手続), as last heard of."""

    __tablename__ = "procedures"
    __table_args__ = (
        Index("ix_procedures_updated_at", "tenant", "updated_at", "id"),
        Index("ix_procedures_received_on", "tenant", "received_on", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reference_id: Mapped[str]
    resource_url: Mapped[str]
    title: Mapped[str]
    status: Mapped[str]
    finished: Mapped[bool]
    dismissed: Mapped[bool]
    received_on: Mapped[date]
    deadline_on: Mapped[date | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class PolicyHistory(TenantOwned, Base):
    """One history of a branch (枝番・履歴) of a policy, as last told."""

    __tablename__ = "policy_histories"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "policy_number"], ["policies.tenant", "policies.policy_number"]
        ),
    )

    policy_number: Mapped[str] = mapped_column(primary_key=True)
    branch_number: Mapped[str] = mapped_column(primary_key=True)
    history_number: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]
    contract_date: Mapped[date]
    last_shipment_date: Mapped[date]
    currency: Mapped[str]
    contract_principal: Mapped[Decimal] = mapped_column(Numeric(15, 2))
    destination_country: Mapped[str]
    payer_code: Mapped[str]

    @property
    def holds(self) -> bool:
        """Say whether it was not cancelled."""
        return self.status != CANCELLED


class Policy(TenantOwned, Base):
    """A policy (保険契約) that was born in a ledger; the ledger keeps the contract itself."""

    __tablename__ = "policies"
    __table_args__ = (
        Index("ix_policies_agreement", "tenant", "agreement_code", "policy_number"),
        Index("ix_policies_updated_at", "tenant", "updated_at", "policy_number"),
    )

    policy_number: Mapped[str] = mapped_column(primary_key=True)
    agreement_code: Mapped[str]
    applicant_code: Mapped[str]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    histories: Mapped[list[PolicyHistory]] = relationship(
        lazy="selectin", order_by=PolicyHistory.branch_number, viewonly=True
    )

    @property
    def branches(self) -> list[PolicyHistory]:
        """Each branch by its newest history; a cancelled one gives way to the one before it."""
        by_weight = sorted(self.histories, key=lambda it: (it.holds, it.history_number))
        newest = {it.branch_number: it for it in by_weight}
        return [newest[number] for number in sorted(newest)]
