"""Reads of what everybody may know: hours and announcements."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..errors import AnnouncementNotFound


def service_hours() -> Select[tables.ServiceHours]:
    """All service hours there were and will be."""
    return select(tables.ServiceHours)


async def hours_on(tx: AsyncSession, day: date) -> tables.ServiceHours:
    """The service hours of a day; there are some for every day of the platform."""
    row = tables.ServiceHours
    begun = select(row).where(row.valid_from <= day).order_by(row.valid_from.desc())
    return (await tx.scalars(begun.limit(1))).one()


def announcements(now: datetime) -> Select[tables.Announcement]:
    """What is announced now."""
    row = tables.Announcement
    still = or_(row.shown_until.is_(None), row.shown_until > now)
    return select(row).where(row.shown_from <= now, still)


async def maintenances(tx: AsyncSession, now: datetime) -> Sequence[tables.Announcement]:
    """The maintenance that is announced and not over."""
    row = tables.Announcement
    ahead = announcements(now).where(row.kind == "MAINTENANCE", row.ends_at > now)
    return (await tx.scalars(ahead.order_by(row.begins_at))).all()


async def announcement(
    tx: AsyncSession, announcement_id: str, *, locked: bool = False
) -> tables.Announcement:
    """Find an announcement.

    Raises: AnnouncementNotFound.
    """
    found = await tx.get(tables.Announcement, announcement_id, with_for_update=locked)
    if found is None:
        raise AnnouncementNotFound
    return found
