"""What staff tell everybody: the hours of the service, and announcements (お知らせ)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import BusinessHours
from libs.common.etags import match
from libs.common.wire import new_id

from .. import queries, tables
from ..errors import AnnouncementTimeRefused, HoursReversed


@dataclass(frozen=True, slots=True)
class Wording:
    """An announcement as it shall be read; only a maintenance has a beginning and an end."""

    kind: str
    title_ja: str
    title_en: str
    text_ja: str
    text_en: str
    shown_from: datetime
    shown_until: datetime | None
    begins_at: datetime | None
    ends_at: datetime | None

    def check(self) -> None:
        """Refuse a maintenance without a time, and a time without a maintenance.

        Raises: AnnouncementTimeRefused.
        """
        times = (self.begins_at, self.ends_at)
        if self.kind != "MAINTENANCE":
            is_whole = times == (None, None)
        else:
            is_whole = bool(self.begins_at and self.ends_at and self.begins_at < self.ends_at)
        if not is_whole:
            raise AnnouncementTimeRefused


async def set_hours(
    tx: AsyncSession, valid_from: date, hours: BusinessHours, source: str
) -> tables.ServiceHours:
    """Set the service hours from a day on.

    Raises: HoursReversed.
    """
    if hours.opens >= hours.closes:
        raise HoursReversed
    row = tables.ServiceHours(
        valid_from=valid_from, opens=hours.opens, closes=hours.closes, source=source, sample=False
    )
    return await tx.merge(row)


async def announce(tx: AsyncSession, wording: Wording, at: datetime) -> tables.Announcement:
    """Announce something to everybody.

    Raises: AnnouncementTimeRefused.
    """
    wording.check()
    row = tables.Announcement(
        announcement_id=new_id("announcement"), version=1, updated_at=at, **_members(wording)
    )
    tx.add(row)
    return row


async def reword(
    tx: AsyncSession, announcement_id: str, wording: Wording, seen_version: int, at: datetime
) -> tables.Announcement:
    """Put other words in an announcement's place, or end it by `shown_until`.

    Raises: AnnouncementNotFound, AnnouncementTimeRefused, PreconditionFailed.
    """
    wording.check()
    # Locked: of two who reword it, the second finds its version stale.
    row = await queries.announcement(tx, announcement_id, locked=True)
    match(seen_version, row.version)
    for name, value in _members(wording).items():
        setattr(row, name, value)
    row.version, row.updated_at = row.version + 1, at
    return row


def _members(wording: Wording) -> dict[str, object]:
    return {name: getattr(wording, name) for name in Wording.__slots__}
