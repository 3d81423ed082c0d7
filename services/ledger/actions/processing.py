"""The work an upload needs, piece by piece: read the file, judge its parts, apply the good.

Each piece is one transaction that also deletes its task: a worker killed in the middle leaves
nothing behind but the task, and the next worker does it from the start.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import polars as pl
import structlog
from obstore.store import ObjectStore
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import now
from libs.common.database import PLATFORM, Databases, act_for, is_outage

from .. import events, tables
from ..domain.case import Case
from ..domain.findings import Finding, Severity
from ..domain.judging import Judgement, judge
from ..domain.layout import layout_of
from ..domain.reading import Reading
from ..queries import uploads as queries
from ..queries.bulk import insert_staged
from ..queries.register import register_for, severities
from . import file_level, parts
from .applying import apply
from .uploads import ask_for, ask_for_application, counts, move_on, tell

log = structlog.get_logger(__name__)

FINDINGS_KEPT = 10_000


async def carry_out_next(databases: Databases, store: ObjectStore) -> bool:
    """Take one task and carry it out; say whether there was one."""
    task: queries.Task | None = None
    try:
        async with databases.tenant(PLATFORM) as tx:
            task = await queries.next_task(tx)
            if task is None:
                return False
            await act_for(tx, task.policyholder_code)
            upload = await queries.upload(tx, task.upload_id)
            await _ACTS[task.kind](tx, store, upload, task)
            await tx.execute(
                delete(tables.UploadTask).where(tables.UploadTask.position == task.position)
            )
    except Exception as error:
        if task is None or is_outage(error):
            raise
        # A fault of ours must not stop the queue: the upload fails, and says so.
        log.error("upload_failed", upload_id=task.upload_id, kind=task.kind, exc_info=error)
        await _give_up(databases, task)
    return True


async def _read(
    tx: AsyncSession, store: ObjectStore, upload: tables.Upload, task: queries.Task
) -> None:
    """Read the file once and cut it into parts; faults of the file end it here."""
    reading = Reading(file_level.form_of(upload.file_name), file_level.charset_of(upload))
    cut = await asyncio.to_thread(
        parts.cut, store, upload.file_key, reading, upload.size_bytes
    )
    if reading.layout is not None:
        upload.layout, upload.slots = reading.layout.code, reading.layout.slots
    upload.row_count, upload.policy_count = reading.rows, cut.policies
    found = await file_level.findings(tx, upload, reading)
    await _keep(tx, upload, file_level.as_frame(found, await severities(tx)))
    upload.error_count, upload.warning_count = file_level.count(found, await severities(tx))

    at = now()
    move_on(upload, at)
    if upload.error_count:
        await _end(tx, upload, "INVALID", at)
        return
    upload.status, upload.parts = "VALIDATING", sorted(cut.rows_by_part)
    # A dry run judges first; so does a file that is applied wholly or not at all.
    if task.turn is not None and upload.acceptance == "PER_POLICY":
        upload.status = "APPLYING"
        await ask_for_application(tx, upload, task.turn)
    else:
        await ask_for(tx, upload, "JUDGE", upload.parts, task.turn)


async def _judge(
    tx: AsyncSession, store: ObjectStore, upload: tables.Upload, task: queries.Task
) -> None:
    """Judge one part and keep what was found; the last one concludes."""
    judgement, rows = await _judgement(tx, store, upload, task.part)
    await _keep(tx, upload, judgement.findings)
    await _count(tx, upload, judgement, rows)
    if await _is_last(tx, upload):
        await _conclude_judging(tx, upload, task)


async def _apply(
    tx: AsyncSession, store: ObjectStore, upload: tables.Upload, task: queries.Task
) -> None:
    """Judge one part as things stand now, and apply its good policies."""
    await _forget_findings(tx, store, upload, task.part)
    judgement, rows = await _judgement(tx, store, upload, task.part)
    await _keep(tx, upload, judgement.findings)
    await apply(tx, upload, judgement, now())
    await _count(tx, upload, judgement, rows)
    if await _is_last(tx, upload):
        await _conclude_applying(tx, upload)


async def _apply_all(
    tx: AsyncSession, store: ObjectStore, upload: tables.Upload, task: queries.Task
) -> None:
    """Apply every part in this one transaction, unless one has an error by now."""
    at = now()
    await _forget_findings(tx, store, upload, None)
    async with tx.begin_nested() as attempt:
        for part in upload.parts:
            judgement, rows = await _judgement(tx, store, upload, part)
            await _keep(tx, upload, judgement.findings)
            await _count(tx, upload, judgement, rows)
            if judgement.errors:
                break
            await apply(tx, upload, judgement, at)
        await tx.refresh(upload)
    if upload.error_count:
        await _end(tx, upload, "INVALID", at)
    else:
        await _conclude_applying(tx, upload)


_Act = Callable[[AsyncSession, ObjectStore, tables.Upload, queries.Task], Awaitable[None]]
_ACTS: dict[str, _Act] = {
    "READ": _read,
    "JUDGE": _judge,
    "APPLY": _apply,
    "APPLY_ALL": _apply_all,
}


async def _judgement(
    tx: AsyncSession, store: ObjectStore, upload: tables.Upload, part: int
) -> tuple[Judgement, pl.DataFrame]:
    rows = await asyncio.to_thread(parts.read_part, store, upload.file_key, part)
    layout = layout_of(upload.layout, upload.slots)
    assert layout is not None
    case = Case(
        layout=layout,
        register=await register_for(tx, rows),
        policyholder_code=upload.tenant,
        received_on=upload.deemed_received_on,
        evidence_cases=dict(pair.split("=") for pair in upload.evidence_cases),
        severities=await severities(tx),
    )
    limit = max(FINDINGS_KEPT // len(upload.parts), 100)
    return await asyncio.to_thread(judge, rows, case, limit), rows


async def _keep(tx: AsyncSession, upload: tables.Upload, findings: pl.DataFrame) -> None:
    await insert_staged(
        tx, "upload_findings", findings.with_columns(upload_id=pl.lit(upload.id))
    )


async def _forget_findings(
    tx: AsyncSession, store: ObjectStore, upload: tables.Upload, part: int | None
) -> None:
    """Drop what a dry run found in these rows; they are judged anew."""
