"""`/service-hours`, `/service-status`, `/announcements`: what all may know."""

from datetime import time
from typing import Annotated, Literal, Self

from fastapi import Depends, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.dates import BusinessHours, today_in_japan
from libs.common.etags import IfMatch, etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, StaffTransaction
from libs.common.security import public, requires
from libs.common.wire import BusinessDate, Input, Instant, Output, Text255

from .. import queries, tables
from ..actions import notices
from ..domain.service_hours import Maintenance, Standing, Status, answering, taking_in
from ..errors import AnnouncementNotFound, AnnouncementTimeRefused, HoursReversed
from .strangers import as_stranger

router = Router(
    tags=["notices"],
    dependencies=[public("told to everybody, also before signing in"), Depends(as_stranger)],
)
staff_router = Router(tags=["notices"], dependencies=[requires("ops:announcements:write")])

AnnouncementId = Annotated[str, Field(pattern="^announcement_[0-9a-z]{26}$")]
TimeOfDay = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
LongText = Annotated[str, Field(min_length=1, max_length=4000)]
Kind = Literal["NOTICE", "MAINTENANCE"]


class ServiceHoursEntry(Input):
    """The hours of business days, in Japan."""

    opens: TimeOfDay
    closes: TimeOfDay
    source: Text255


class ServiceHours(Output):
    """When filings are taken in (利用時間): on business days, in Japan, from a day on."""

    valid_from: BusinessDate
    opens: TimeOfDay
    closes: TimeOfDay
    source: str
    sample: bool

    @classmethod
    def of(cls, row: tables.ServiceHours) -> Self:
        """Show the hours."""
        return cls(
            valid_from=row.valid_from,
            opens=f"{row.opens:%H:%M}",
            closes=f"{row.closes:%H:%M}",
            source=row.source,
            sample=row.sample,
        )


class ServiceHoursPage(PageShape[ServiceHours]):
    """A page of service hours."""


class ServiceStatus(Output):
    """How a part of the service stands now: `API` answers requests, `INTAKE` takes filings in."""

    part: Literal["API", "INTAKE"]
    status: Status
    changes_at: Instant | None


class ServiceStatusPage(PageShape[ServiceStatus]):
    """How every part of the service stands; always one page."""


class AnnouncementEntry(Input):
    """What is announced; a maintenance has its time."""

    kind: Kind
    title_ja: Text255
    title_en: Text255
    text_ja: LongText
    text_en: LongText
    shown_from: Instant
    shown_until: Instant | None = None
    begins_at: Instant | None = None
    ends_at: Instant | None = None


class Announcement(Output):
    """A word of the insurer to everybody (お知らせ)."""

    announcement_id: AnnouncementId
    kind: Kind
    title_ja: str
    title_en: str
    text_ja: str
    text_en: str
    shown_from: Instant
    shown_until: Instant | None
    begins_at: Instant | None
    ends_at: Instant | None
    version: int
    updated_at: Instant


class AnnouncementPage(PageShape[Announcement]):
    """A page of announcements."""


@router.get("/service-hours", openapi_extra={"x-summary-ja": "利用時間の照会"})
async def list_service_hours(tx: Reading, paging: Paging) -> ServiceHoursPage:
    """See in which hours filings are taken in (利用時間); requests are answered at any hour."""
    by_day = tables.ServiceHours.valid_from
    page = await paging.of(tx, ordered(queries.service_hours(), None, {}, by_day))
    return ServiceHoursPage.of(page, ServiceHours.of)


@router.get("/service-status", openapi_extra={"x-summary-ja": "稼働状況の照会"})
async def list_service_status(tx: Reading, now: Now) -> ServiceStatusPage:
    """See how the service stands now, and when that changes (稼働状況)."""
    hours = await queries.hours_on(tx, today_in_japan(now))
    planned = [
        Maintenance(it.begins_at, it.ends_at)
        for it in await queries.maintenances(tx, now)
        if it.begins_at and it.ends_at
    ]
    api, intake = answering(now, planned), taking_in(now, BusinessHours(hours.opens, hours.closes))
    parts = [_part("API", api), _part("INTAKE", intake)]
    return ServiceStatusPage(
        items=parts, next_cursor=None, total_count=None, total_is_lower_bound=None
    )


@router.get("/announcements", openapi_extra={"x-summary-ja": "お知らせの一覧"})
async def list_announcements(tx: Reading, paging: Paging, now: Now) -> AnnouncementPage:
    """Read what is announced now (お知らせ)."""
    by_id = tables.Announcement.announcement_id
    page = await paging.of(tx, ordered(queries.announcements(now), None, {}, by_id))
    return AnnouncementPage.of(page, Announcement.model_validate)


@staff_router.put(
    "/service-hours/{valid_from}",
    responses=may_answer(HoursReversed),
    openapi_extra={"x-summary-ja": "利用時間の登録"},
)
async def replace_service_hours(
    valid_from: BusinessDate, entry: ServiceHoursEntry, tx: StaffTransaction
) -> ServiceHours:
    """Set the hours in which filings are taken in, from a day on."""
    hours = BusinessHours(time.fromisoformat(entry.opens), time.fromisoformat(entry.closes))
    return ServiceHours.of(await notices.set_hours(tx, valid_from, hours, entry.source))


@staff_router.post(
    "/announcements",
    status_code=201,
    responses=may_answer(AnnouncementTimeRefused),
    openapi_extra={"x-summary-ja": "お知らせの登録"},
)
async def create_announcement(
    entry: AnnouncementEntry, tx: StaffTransaction, now: Now, response: Response
) -> Announcement:
    """Announce something to everybody (お知らせ)."""
    row = await notices.announce(tx, notices.Wording(**dict(entry)), now)
    response.headers["ETag"] = etag(row.version)
    response.headers["Location"] = "/v1/announcements"
    return Announcement.model_validate(row)


@staff_router.put(
    "/announcements/{announcement_id}",
    responses=may_answer(
        AnnouncementNotFound, AnnouncementTimeRefused, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "お知らせの変更"},
)
async def replace_announcement(
    announcement_id: AnnouncementId,
    entry: AnnouncementEntry,
    tx: StaffTransaction,
    seen_version: IfMatch,
    now: Now,
    response: Response,
) -> Announcement:
    """Put other words in an announcement's place, or end it by `shown_until`."""
    wording = notices.Wording(**dict(entry))
    row = await notices.reword(tx, announcement_id, wording, seen_version, now)
    response.headers["ETag"] = etag(row.version)
    return Announcement.model_validate(row)


def _part(part: Literal["API", "INTAKE"], standing: Standing) -> ServiceStatus:
    return ServiceStatus(part=part, status=standing.status, changes_at=standing.changes_at)
