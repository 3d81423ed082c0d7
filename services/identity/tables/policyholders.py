"""Policyholders (保険利用者), and those who ask to be one."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base


class Policyholder(TenantOwned, Base):
    """A company that insures its trade (保険利用者); its code is the tenant of all its data."""

    __tablename__ = "policyholders"
    __table_args__ = (CheckConstraint("tenant ~ '^[0-9]{9}$'", name="nine_digits"),)

    name_ja: Mapped[str]
    name_en: Mapped[str]
    short_name_ja: Mapped[str | None]
    address_ja: Mapped[str | None]
    phone_number: Mapped[str | None]
    active: Mapped[bool]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class Registration(TenantOwned, Base):
    """A company that asks to be registered (保険利用者登録), and what staff decided.

    It is nobody's tenant yet: its rows belong to the platform.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        CheckConstraint("status IN ('SUBMITTED', 'ACCEPTED', 'REJECTED')", name="status"),
        CheckConstraint(
            "(status = 'ACCEPTED') = (policyholder_code IS NOT NULL)", name="accepted_has_code"
        ),
    )

    registration_id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    name_ja: Mapped[str]
    name_en: Mapped[str]
    administrator_name: Mapped[str]
    administrator_mail: Mapped[str]
    status: Mapped[str]
    policyholder_code: Mapped[str | None]
    reason_ja: Mapped[str | None]
    reason_en: Mapped[str | None]
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]
