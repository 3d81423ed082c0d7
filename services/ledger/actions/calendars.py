"""Staff set on which days an office publishes its ledgers (照合・確定の日程)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.etags import match
from libs.common.problem_codes import PreconditionFailed

from .. import tables
from ..domain.cycle import Plan, never_comes
from ..errors import CalendarOutOfOrder, NoDayOfPublication
from ..queries import cycle


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one office and one kind of ledger, from a day on, and who says so."""

    branch_office_code: str
    ledger: str
    valid_from: date
    plan: Plan
    source: str
    entered_by: str


async def set_calendar(
    tx: AsyncSession, wish: Calendar, seen_version: int | None, at: datetime
) -> tables.CycleCalendar:
    """Set the days from a day on (日程の登録); what held before it stays on record.

    Raises: PreconditionRequired, PreconditionFailed, CalendarOutOfOrder, NoDayOfPublication.
    """
    last = await cycle.last_calendar(tx, wish.branch_office_code, wish.ledger)
    match(seen_version, last.version)
    if wish.valid_from < last.valid_from:
        raise CalendarOutOfOrder
    if never_comes(wish.plan):
        raise NoDayOfPublication

    # The unique version is the lock: a twin waits here until the first one has ended.
    row = _row(wish, last.version + 1, at)
    stored = insert(tables.CycleCalendar).values(row).on_conflict_do_nothing()
    entered = (await tx.scalars(stored.returning(tables.CycleCalendar))).one_or_none()
    if entered is None:
        raise PreconditionFailed(current_version=last.version + 1)
    return entered


def _row(wish: Calendar, version: int, at: datetime) -> dict[str, Any]:
    return {
        "branch_office_code": wish.branch_office_code,
        "ledger": wish.ledger,
        "version": version,
        "valid_from": wish.valid_from,
        "weekdays": sorted(set(wish.plan.weekdays)),
        "days_of_month": sorted(set(wish.plan.days_of_month)),
        "business_days_from_end": sorted(set(wish.plan.business_days_from_end)),
        "source": wish.source,
        "sample": wish.plan.sample,
        "entered_at": at,
        "entered_by": wish.entered_by,
    }
