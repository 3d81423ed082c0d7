"""Loss notices are filed (損失等発生通知の提出): tried, submitted, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import BusinessHours, deemed_receipt, fiscal_year, today_in_japan
from libs.common.etags import match
from libs.common.outbox import announce
from libs.common.problems import Item, Problem

from .. import events, queries, tables
from ..domain.faults import Fault, FaultKind
from ..domain.judging import judge
from ..domain.loss_notice import Case
from ..domain.status import NoticeAction, NoticeStatus, allowed
from ..errors import (
    DeadlinePassed,
    LossAlreadyNotified,
    LossNoticeNotAcceptable,
    NotOverdueYet,
    NotWithdrawableInThisState,
)
from . import incidents
from .cases import case_of, content
from .drafts import editable

# What cannot be mended goes before what can.
_REASONS: dict[FaultKind, type[Problem]] = {
    FaultKind.ALREADY_OPEN: LossAlreadyNotified,
    FaultKind.LATE: DeadlinePassed,
    FaultKind.NOT_OVERDUE: NotOverdueYet,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a paper arrives, and the business day on which it counts as received (受理みなし)."""

    at: datetime
    on: date

    @classmethod
    def of(cls, at: datetime, hours: BusinessHours) -> "Receipt":
        """Say on which day something counts that arrives at an instant."""
        return cls(at, today_in_japan(deemed_receipt(at, hours)))


@dataclass(frozen=True, slots=True)
class Assessment:
    """What would become of a notice that is filed now: its faults, its deadline."""

    faults: Sequence[Fault]
    case: Case


async def assess(tx: AsyncSession, loss_notice_id: str, receipt: Receipt) -> Assessment:
    """Judge a notice as if it were filed now (審査); nothing is stored.

    Raises: LossNoticeNotFound.
    """
    row = await queries.loss_notice(tx, loss_notice_id)
    case = await case_of(tx, content(row), row.id, receipt.on)
    return Assessment(judge(case), case)


async def submit(
    tx: AsyncSession, loss_notice_id: str, seen_version: int, receipt: Receipt
) -> tables.LossNotice:
    """File a loss notice (損失等発生通知の提出), on the incident it opens or joins.

    Raises: LossNoticeNotFound, PreconditionFailed, NotEditableInThisState, LossAlreadyNotified,
    DeadlinePassed, NotOverdueYet, LossNoticeNotAcceptable.
    """
    row = await editable(tx, loss_notice_id, seen_version, NoticeAction.SUBMIT)
    # Held: of two notices on one branch, the second is judged when the first has been filed.
    await queries.hold_branch(tx, row.policy_number, row.branch_number)
    case = await case_of(tx, content(row), row.id, receipt.on)
    if faults := judge(case):
        raise _refusal(faults)

    incident = await incidents.join(tx, row, receipt.at)
    row.settlement_slot = case.settlement.slot if case.settlement else None
    row.due_on, row.deadline_on, row.sample = case.due_on, case.deadline_on, case.sample
    row.received_at, row.deemed_received_on = receipt.at, receipt.on
    row.reference = row.reference or await _next_reference(tx, receipt.on)
    row.incident_id, row.status = incident.id, NoticeStatus.SUBMITTED
    row.version, row.updated_at = row.version + 1, receipt.at

    await incidents.write_down(tx, incident, row, incidents.SUBMITTED, receipt.at)
    await announce(tx, events.LossNoticeSubmitted(**_told(row)))
    return row


async def withdraw(
    tx: AsyncSession, loss_notice_id: str, seen_version: int, at: datetime
) -> tables.LossNotice:
    """Take a filed notice back (取下げ).

    Raises: LossNoticeNotFound, PreconditionFailed, NotWithdrawableInThisState.
    """
    row = await queries.loss_notice(tx, loss_notice_id, lock=True)
    match(seen_version, row.version)
    if NoticeAction.WITHDRAW not in allowed(NoticeStatus(row.status)):
        raise NotWithdrawableInThisState
    incident = await incidents.join(tx, row, at)
    row.status = NoticeStatus.WITHDRAWN
    row.version, row.updated_at = row.version + 1, at

    await incidents.write_down(tx, incident, row, incidents.WITHDRAWN, at)
    fact = events.LossNoticeWithdrawn(**_told(row), withdrawn_on=today_in_japan(at))
    await announce(tx, fact)
    return row


def _refusal(faults: Sequence[Fault]) -> Problem:
    found = {fault.kind for fault in faults}
    reasons = (reason for kind, reason in _REASONS.items() if kind in found)
    refuse = next(reasons, LossNoticeNotAcceptable)
    return refuse(items=[_item(fault) for fault in faults])


def _item(fault: Fault) -> Item:
    return Item(
        code=fault.code,
        detail=fault.detail,
        detail_en=fault.detail_en,
        pointer=f"#/{fault.member}",
        params=fault.params,
    )


async def _next_reference(tx: AsyncSession, day: date) -> str:
    """Number a notice within its policyholder and fiscal year (受付番号): `LN26-000001`."""
    count, year = tables.NoticeCount, fiscal_year(day)
    first = insert(count).values(tenant=tx.info["tenant"], fiscal_year=year, filed=1)
    one_more = first.on_conflict_do_update(
        index_elements=["tenant", "fiscal_year"], set_={"filed": count.filed + 1}
    )
    filed = (await tx.execute(one_more.returning(count.filed))).scalar_one()
    return f"LN{year % 100:02d}-{filed:06d}"


def _told(row: tables.LossNotice) -> dict[str, Any]:
    """What every fact about a filed notice says of it."""
    same = (
        "incident_id",
        "reference",
        "kind",
        "policy_number",
        "branch_number",
        "buyer_code",
        "due_on",
        "deadline_on",
        "cause",
    )
    return {name: getattr(row, name) for name in same} | {
        "loss_notice_id": row.id,
        "policyholder_code": row.tenant,
        "received_on": row.deemed_received_on,
        "unpaid": content(row).unpaid,
    }
