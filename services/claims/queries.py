"""Named reads of claims; row security shows each caller its own rows only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from . import tables
from .domain.contract import CANCELLED, Branch, Settlement
from .domain.deadline import Period
from .domain.loss_notice import Cause, NoticeKind, Terms
from .domain.status import OPEN
from .errors import IncidentNotFound, LossNoticeNotFound


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Which loss notices are asked for; an empty part asks for all."""

    statuses: Sequence[str] = ()
    kinds: Sequence[str] = ()
    policy_numbers: Sequence[str] = ()
    updated_from: datetime | None = None


def loss_notices(wanted: NoticeFilter) -> Select[tables.LossNotice]:
    """Select the loss notices that fit, for paging."""
    notice = tables.LossNotice
    statement = select(notice)
    for column, values in (
        (notice.status, wanted.statuses),
        (notice.kind, wanted.kinds),
        (notice.policy_number, wanted.policy_numbers),
    ):
        if values:
            statement = statement.where(column.in_(values))
    if wanted.updated_from is not None:
        statement = statement.where(notice.updated_at >= wanted.updated_from)
    return statement


async def loss_notice(
    tx: AsyncSession, loss_notice_id: str, *, lock: bool = False
) -> tables.LossNotice:
    """Find one of the caller's loss notices; locked, nobody else decides on it meanwhile.

    Raises: LossNoticeNotFound.
    """
    key = (tx.info["tenant"], loss_notice_id)
    if (found := await tx.get(tables.LossNotice, key, with_for_update=lock)) is None:
        raise LossNoticeNotFound
    return found


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents are asked for; an empty part asks for all."""

    statuses: Sequence[str] = ()
    policy_numbers: Sequence[str] = ()
    buyer_codes: Sequence[str] = ()
    updated_from: datetime | None = None


def incidents(wanted: IncidentFilter) -> Select[tables.Incident]:
    """Select the incidents that fit, for paging."""
    incident = tables.Incident
    statement = select(incident)
    for column, values in (
        (incident.status, wanted.statuses),
        (incident.policy_number, wanted.policy_numbers),
        (incident.buyer_code, wanted.buyer_codes),
    ):
        if values:
            statement = statement.where(column.in_(values))
    if wanted.updated_from is not None:
        statement = statement.where(incident.updated_at >= wanted.updated_from)
    return statement


async def incident(tx: AsyncSession, incident_id: str) -> tables.Incident:
    """Find one of the caller's incidents.

    Raises: IncidentNotFound.
    """
    if (found := await tx.get(tables.Incident, (tx.info["tenant"], incident_id))) is None:
        raise IncidentNotFound
    return found


def timeline(incident_id: str) -> Select[tables.IncidentEntry]:
    """Select what was filed on an incident, oldest first, for paging."""
    entry = tables.IncidentEntry
    return select(entry).where(entry.incident_id == incident_id).order_by(entry.number)


async def branch(tx: AsyncSession, policy_number: str, branch_number: str) -> Branch | None:
    """Find one of the caller's branches as it is now: its newest history that still holds."""
    rows = (await tx.scalars(_histories(policy_number, branch_number))).all()
    # A cancelled history gives way to the one before it.
    holding = [row for row in rows if row.status != CANCELLED] or rows
    return _branch(holding[-1]) if holding else None


async def hold_branch(
    tx: AsyncSession, policy_number: str | None, branch_number: str | None
) -> None:
    """Take hold of a branch, if there is one, until the transaction ends."""
    await tx.execute(_histories(policy_number, branch_number).with_for_update())


def _histories(
    policy_number: str | None, branch_number: str | None
) -> Select[tables.BranchHistory]:
    history = tables.BranchHistory
    return (
        select(history)
        .where(history.policy_number == policy_number, history.branch_number == branch_number)
        .order_by(history.history_number)
    )


async def open_slots(
    tx: AsyncSession, policy_number: str, branch_number: str, kind: str, but: str
) -> frozenset[int | None]:
    """List the settlements of a branch of which open notices tell, but for one notice."""
    notice = tables.LossNotice
    found = await tx.scalars(
        select(notice.settlement_slot).where(
            notice.policy_number == policy_number,
            notice.branch_number == branch_number,
            notice.kind == kind,
            notice.status.in_(OPEN),
            notice.id != but,
        )
    )
    return frozenset(found)


async def terms(tx: AsyncSession, day: date) -> Terms:
    """Read what the rulebook says on a day."""
    periods = await _periods(tx, day)
    return Terms(
        notice={kind: periods[kind] for kind in NoticeKind},
        sight=periods["SIGHT"],
        causes=await _causes(tx, day),
    )


async def _periods(tx: AsyncSession, day: date) -> Mapping[str, Period]:
    period = tables.NoticePeriod
    in_force = select(period).where(period.valid_from <= day).order_by(period.valid_from)
    return {row.name: Period(row.days, row.sample) for row in await tx.scalars(in_force)}


async def _causes(tx: AsyncSession, day: date) -> Mapping[str, Cause]:
    cause = tables.LossCause
    in_force = select(cause).where(cause.valid_from <= day).order_by(cause.version)
    rows = (await tx.scalars(in_force)).all()
    return {row.code: _cause(row) for row in rows if row.version == rows[-1].version}


def _cause(row: tables.LossCause) -> Cause:
    kinds = {
        NoticeKind.PRE_SHIPMENT: row.pre_shipment,
        NoticeKind.POST_SHIPMENT: row.post_shipment,
    }
    return Cause(frozenset(kind for kind, fits in kinds.items() if fits), row.takes_overdue)


def _branch(row: tables.BranchHistory) -> Branch:
    parties = (row.payer_code, row.sales_counterparty_code, row.guarantor_code)
    return Branch(
        status=row.status,
        currency=row.currency,
        contract_date=row.contract_date,
        pre_shipment_amount=row.pre_shipment_amount,
        post_shipment_amount=row.post_shipment_amount,
        parties=frozenset(code for code in parties if code),
        settlements=tuple(_settlement(it) for it in row.settlements),
    )


def _settlement(told: Mapping[str, Any]) -> Settlement:
    due_date = told["due_date"]
    amounts = (told["settlement_principal"], told["settlement_interest"])
    return Settlement(
        slot=told["slot"],
        amount=sum((Decimal(it) for it in amounts if it), Decimal(0)),
        due_on=date.fromisoformat(due_date) if due_date else None,
        usance_unit=told["usance_unit"],
        usance_period=told["usance_period"],
    )
