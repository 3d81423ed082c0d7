"""What everybody may know of the service: its hours, and what is announced."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Time
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference

from .root import Base


class ServiceHours(Reference, Base):
    """The hours in which filings are taken in (利用時間), from a day on; in Japan."""

    __tablename__ = "service_hours"
    __table_args__ = (CheckConstraint("opens < closes", name="opens_first"),)

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    source: Mapped[str]
    sample: Mapped[bool]


class Announcement(Reference, Base):
    """A word of the insurer to everybody (お知らせ); a maintenance (メンテナンス) has its time."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint("kind IN ('NOTICE', 'MAINTENANCE')", name="kind"),
        CheckConstraint(
            "(kind = 'MAINTENANCE') = (begins_at IS NOT NULL AND ends_at IS NOT NULL)",
            name="maintenance_has_its_time",
        ),
        CheckConstraint("begins_at < ends_at", name="begins_first"),
    )

    announcement_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title_ja: Mapped[str]
    title_en: Mapped[str]
    text_ja: Mapped[str]
    text_en: Mapped[str]
    shown_from: Mapped[datetime]
    shown_until: Mapped[datetime | None]
    begins_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]
