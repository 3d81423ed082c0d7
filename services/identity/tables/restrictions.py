"""From where a policyholder's callers may come (接続元IPアドレス制限)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base


class IpRestriction(TenantOwned, Base):
    """A policyholder's address ranges, and whether they count; the platform's rows.

    They are asked before anybody is known, and told to every service.
    """

    __tablename__ = "ip_restrictions"
    __table_args__ = (
        CheckConstraint("NOT enabled OR cardinality(networks) > 0", name="enabled_has_networks"),
    )

    policyholder_code: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    version: Mapped[int]
    updated_at: Mapped[datetime]
