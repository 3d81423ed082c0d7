"""Procedures (手続): listed as they are heard of, dismissed when they are finished."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.etags import match

from .. import tables
from ..domain.procedure import Filing, is_finished
from ..errors import ProcedureNotFinished, ProcedureNotFound


async def follow_filing(tx: AsyncSession, filing: Filing, at: datetime) -> None:
    """List a paper that was handed in (手続), or show its newest status.

    News puts a dismissed procedure back on the list.
    """
    tenant = tx.info["tenant"]
    row = await tx.get(tables.Procedure, (tenant, filing.procedure_id), with_for_update=True)
    if row is None:
        row = tables.Procedure(
            tenant=tenant,
            id=filing.procedure_id,
            kind=filing.kind,
            reference_id=filing.reference_id,
            resource_url=filing.resource_url,
            received_on=filing.received_on,
            version=0,
        )
        tx.add(row)
    row.title, row.deadline_on = filing.title, filing.deadline_on
    row.status = filing.status
    row.finished = is_finished(filing.status, filing.mode)
    row.dismissed = False
    row.version, row.updated_at = row.version + 1, at


async def dismiss_procedure(
    tx: AsyncSession, procedure_id: str, seen_version: int, at: datetime
) -> tables.Procedure:
    """Take a finished procedure off the list (手続の非表示).

    Raises: ProcedureNotFound, PreconditionFailed, ProcedureNotFinished.
    """
    # Locked: news that arrives meanwhile waits, and then puts the procedure back.
    key = (tx.info["tenant"], procedure_id)
    row = await tx.get(tables.Procedure, key, with_for_update=True)
    if row is None:
        raise ProcedureNotFound
    match(seen_version, row.version)
    if not row.finished:
        raise ProcedureNotFinished
    row.dismissed = True
    row.version, row.updated_at = row.version + 1, at
    return row
