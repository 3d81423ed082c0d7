"""`/cycle-calendars`: on which days ledgers are published (照合・確定の日程); staff set them."""

from typing import Annotated, Literal, Self

from fastapi import Path, Query, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Now, Today
from libs.common.etags import IfMatch, etag
from libs.common.paging import PageShape, Paging
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, StaffTransaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import BusinessDate, Input, Instant, Output, Text255

from .. import tables
from ..actions import calendars as actions
from ..domain.cycle import Plan
from ..errors import CalendarNotFound, CalendarOutOfOrder, NoDayOfPublication
from ..queries import cycle

router = Router(tags=["cycle-calendars"], dependencies=[requires("check-ledgers:read")])
staff_router = Router(
    tags=["cycle-calendars"], dependencies=[requires("ops:cycle-calendars:write")]
)

CalendarId = Annotated[
    str,
    Path(
        pattern="^(10|15)-(CHECK|FIXED)$",
        examples=["15-CHECK"],
        description="The office and the kind of its ledger.",
    ),
]
AsOf = Annotated[
    BusinessDate | None, Query(description="The day it is wanted for; today if left out.")
]
Weekday = Annotated[int, Field(ge=1, le=7)]
DayOfMonth = Annotated[int, Field(ge=1, le=31)]
BusinessDay = Annotated[int, Field(ge=1, le=10)]


class CycleCalendarEntry(Input):
    """The days as staff enter them; a ledger is published on each that any of the lists names."""

    valid_from: BusinessDate
    weekdays: Annotated[
        list[Weekday], Field(max_length=7, description="1 is Monday, 7 is Sunday.")
    ] = Field(default_factory=list)
    days_of_month: Annotated[
        list[DayOfMonth],
        Field(max_length=31, description="31 is the month's end, however long it is."),
    ] = Field(default_factory=list)
    business_days_from_end: Annotated[
        list[BusinessDay], Field(max_length=10, description="1 is the month's last business day.")
    ] = Field(default_factory=list)
    source: Text255
    sample: bool = False

    def plan(self) -> Plan:
        """Give them in the words of the rules."""
        return Plan(self.weekdays, self.days_of_month, self.business_days_from_end, self.sample)


class CycleCalendar(Output):
    """On which days an office publishes its check or fixed ledgers, from a day on.

    `sample` says that the days are not known and only assumed.
    """

    id: str
    branch_office_code: str
    ledger: Literal["CHECK", "FIXED"]
    version: int
    valid_from: BusinessDate
    weekdays: list[int]
    days_of_month: list[int]
    business_days_from_end: list[int]
    source: str
    sample: bool
    entered_at: Instant | None

    @classmethod
    def of(cls, row: tables.CycleCalendar) -> Self:
        """Show a row."""
        named = {name: getattr(row, name) for name in cls.model_fields if name != "id"}
        return cls(id=f"{row.branch_office_code}-{row.ledger}", **named)


class CycleCalendarPage(PageShape[CycleCalendar]):
    """A page of calendars."""


@router.get("/cycle-calendars", openapi_extra={"x-summary-ja": "台帳の送付日程の一覧"})
async def list_cycle_calendars(
    tx: Reading, paging: Paging, today: Today, as_of: AsOf = None
) -> CycleCalendarPage:
    """List on which days each office publishes its ledgers (照合・確定の日程)."""
    calendar = tables.CycleCalendar
    in_force = cycle.calendars(as_of or today)
    statement = in_force.order_by(calendar.branch_office_code, calendar.ledger)
    return CycleCalendarPage.of(await paging.of(tx, statement), CycleCalendar.of)


@router.get(
    "/cycle-calendars/{calendar_id}",
    responses=may_answer(CalendarNotFound),
    openapi_extra={"x-summary-ja": "台帳の送付日程の照会"},
)
async def get_cycle_calendar(
    calendar_id: CalendarId, tx: Reading, today: Today, response: Response, as_of: AsOf = None
) -> CycleCalendar:
    """Read on which days an office publishes a ledger, as in force on a day."""
    office, ledger = calendar_id.split("-")
    row = await cycle.calendar(tx, office, ledger, as_of or today)
    response.headers["ETag"] = etag(row.version)
    return CycleCalendar.of(row)


@staff_router.put(
    "/cycle-calendars/{calendar_id}",
    responses=may_answer(
        CalendarOutOfOrder, NoDayOfPublication, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "台帳の送付日程の登録"},
)
async def replace_cycle_calendar(
    calendar_id: CalendarId,
    entry: CycleCalendarEntry,
    tx: StaffTransaction,
    seen_version: IfMatch,
    caller: CurrentCaller,
    at: Now,
    response: Response,
) -> CycleCalendar:
    """Set the days of publication from a day on (日程の登録); If-Match names the last version."""
    office, ledger = calendar_id.split("-")
    wish = actions.Calendar(
        office, ledger, entry.valid_from, entry.plan(), entry.source, caller.subject
    )
    row = await actions.set_calendar(tx, wish, seen_version, at)
    response.headers["ETag"] = etag(row.version)
    return CycleCalendar.of(row)
