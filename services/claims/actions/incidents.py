"""Incidents (事故): opened by the first notice, joined by the next, with a line for each act."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import today_in_japan
from libs.common.wire import new_id

from .. import tables
from ..domain.status import OPEN

SUBMITTED = "LOSS_NOTICE_SUBMITTED"
WITHDRAWN = "LOSS_NOTICE_WITHDRAWN"


async def join(tx: AsyncSession, notice: tables.LossNotice, at: datetime) -> tables.Incident:
    """Open the incident (事故) a notice tells of, or join the one there is, and take hold of it."""
    incident = tables.Incident
    place = {
        "tenant": notice.tenant,
        "policy_number": notice.policy_number,
        "branch_number": notice.branch_number,
        "buyer_code": notice.buyer_code,
    }
    new = {"id": new_id("incident"), "status": "OPEN", "opened_on": today_in_japan(at)}
    fresh = {"entries": 0, "version": 0, "updated_at": at}
    await tx.execute(insert(incident).values(place | new | fresh).on_conflict_do_nothing())
    # Locked: two notices on one accident write their lines one after the other.
    found = await tx.scalars(select(incident).filter_by(**place).with_for_update())
    return found.one()


async def write_down(
    tx: AsyncSession, incident: tables.Incident, notice: tables.LossNotice, kind: str, at: datetime
) -> None:
    """Add a line to an incident: what was done with a notice, and when."""
    incident.entries += 1
    tx.add(
        tables.IncidentEntry(
            tenant=incident.tenant,
            incident_id=incident.id,
            number=incident.entries,
            kind=kind,
            loss_notice_id=notice.id,
            reference=notice.reference,
            entered_on=today_in_japan(at),
            entered_at=at,
        )
    )
    await tx.flush()
    incident.status = "OPEN" if await _has_open_notice(tx, incident) else "CLOSED"
    incident.version, incident.updated_at = incident.version + 1, at


async def _has_open_notice(tx: AsyncSession, incident: tables.Incident) -> bool:
    notice = tables.LossNotice
    open_notices = select(func.count()).where(
        notice.incident_id == incident.id, notice.status.in_(OPEN)
    )
    return bool(await tx.scalar(open_notices))
