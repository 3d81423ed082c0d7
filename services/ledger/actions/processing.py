"""The work an upload needs, piece by piece: read the file, judge its parts, apply the good.

Each piece is one transaction that also deletes its task: a worker killed in the middle leaves
nothing behind but the task, and the next worker does it from the start.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import structlog
from obstore.store import ObjectStore
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import now
from libs.common.database import PLATFORM, Databases, act_for, is_outage

from .. import events, tables
from ..domain.case import Case
from ..domain.judging import Judgement, judge
from ..domain.layout import BY_CODE
from ..domain.reading import Reading
from ..queries import uploads as queries
from ..queries.bulk import insert_staged
from ..queries.register import register_for, severities
from . import file_level, parts
from .applying import apply, number_delays
from .refused import keep_refused
from .uploads import ask_for, ask_for_application, move_on, tell

log = structlog.get_logger(__name__)

FINDINGS_KEPT = 10_000
MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """A task under way: its transaction, its upload, and where the files are."""

    tx: AsyncSession
    store: ObjectStore
    upload: tables.Upload
    task: queries.Task


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
            await _ACTS[task.kind](Work(tx, store, upload, task))
            done = tables.UploadTask.position == task.position
            await tx.execute(delete(tables.UploadTask).where(done))
    except Exception as error:
        if task is None or is_outage(error):
            raise
        # A fault of ours must not stop the queue: the upload fails, and says so.
        log.exception("upload_failed", upload_id=task.upload_id, kind=task.kind)
        await _give_up(databases, task)
    return True


async def _read(work: Work) -> None:
    """Read the file once and cut it into parts; faults of the file end it here."""
    upload = work.upload
    reading = Reading(file_level.form_of(upload.file_name), file_level.CHARSETS[upload.charset])
    cut = await asyncio.to_thread(
        parts.cut, work.store, upload.file_key, reading, upload.size_bytes
    )
    if reading.layout is not None:
        upload.layout, upload.slots = reading.layout.code, reading.layout.slots
    upload.row_count, upload.policy_count = reading.rows, cut.policies
    found = await file_level.judge(work.tx, upload, reading, cut.policies)
    await _keep(work, found)
    upload.error_count = len(found.filter(pl.col("severity") == "ERROR"))
    upload.warning_count = len(found) - upload.error_count
    upload.findings_kept = len(found)
    if reading.rows > MOST_ROWS:
        upload.reason = "too-many-rows"
    elif cut.is_lopsided:
        upload.reason = "too-many-rows-of-one-policy"
    if upload.error_count or upload.reason:
        await _end(work, "INVALID", events.UploadValidated)
        return
    upload.parts = sorted(cut.rows_by_part)
    # A dry run judges first; so does a file that is applied wholly or not at all.
    if work.task.turn is not None and upload.acceptance == "PER_POLICY":
        await _move(work, "APPLYING")
        await ask_for_application(work.tx, upload, work.task.turn)
    else:
        await _move(work, "VALIDATING")
        await ask_for(work.tx, upload, "JUDGE", upload.parts, work.task.turn)


async def _judge(work: Work) -> None:
    """Judge one part and keep what was found; the last one concludes."""
    part = await _judged(work, work.task.part)
    if not await _count(work, part):
        return
    await number_delays(work.tx, work.upload)
    upload, turn = work.upload, work.task.turn
    refused = upload.acceptance == "ALL_OR_NOTHING" and upload.error_count
    if refused or not upload.accepted_count:
        await _end(work, "INVALID", events.UploadValidated)
    elif turn is None:
        await _end(work, "READY", events.UploadValidated)
    else:
        await _move(work, "APPLYING")
        await work.tx.execute(queries.forget_findings(upload))
        queries.start_counting(upload)
        await ask_for_application(work.tx, upload, turn)


async def _apply(work: Work) -> None:
    """Judge one part as things stand now, and apply its good policies."""
    part = await _judged(work, work.task.part)
    await apply(work.tx, work.upload, part.judgement, part.case, now())
    await keep_refused(work.tx, work.upload, part.refused)
    if await _count(work, part):
        await _conclude(work)


async def _apply_all(work: Work) -> None:
    """Apply every part in this one transaction, or none if one has an error by now."""
    judged = [await _judged(work, part) for part in work.upload.parts]
    at = now()
    good = not any(part.judgement.errors for part in judged)
    for part in judged:
        if good:
            await apply(work.tx, work.upload, part.judgement, part.case, at)
        await _count(work, part)
    if good:
        await _conclude(work)
    else:
        await _end(work, "INVALID", events.UploadValidated)


_Act = Callable[[Work], Awaitable[None]]
_ACTS: dict[str, _Act] = {
    "READ": _read,
    "JUDGE": _judge,
    "APPLY": _apply,
    "APPLY_ALL": _apply_all,
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that was judged, against what, which rows fell, and how many policies it has."""

    judgement: Judgement
    case: Case
    refused: pl.DataFrame
    policies: int


async def _judged(work: Work, number: int) -> _Part:
    """Judge a part as the registers stand, and keep what was found."""
    upload = work.upload
    rows = await asyncio.to_thread(parts.read_part, work.store, upload.file_key, number)
    case = Case(
        layout=BY_CODE[upload.layout, upload.slots],
        register=await register_for(work.tx, rows),
        policyholder_code=upload.tenant,
        received_on=upload.deemed_received_on,
        evidence_cases=dict(pair.split("=") for pair in upload.evidence_cases),
        severities=await severities(work.tx, upload.deemed_received_on),
    )
    limit = max(FINDINGS_KEPT // len(upload.parts), 100)
    judgement = await asyncio.to_thread(judge, rows, case, limit)
    await _keep(work, judgement.findings)
    refused = rows.join(judgement.accepted, on="row", how="anti")
    return _Part(judgement, case, refused, rows["policy_number"].n_unique())


async def _keep(work: Work, findings: pl.DataFrame) -> None:
    numbers = pl.col("item_nos").cast(pl.List(pl.String)).list.join(",")
    stored = findings.with_columns(
        row=pl.col("row").fill_null(0),
        item_nos=pl.concat_str(pl.lit("{"), numbers, pl.lit("}")),
        upload_id=pl.lit(work.upload.id),
        number=pl.int_range(len(findings)),
    )
    await insert_staged(work.tx, "upload_findings", stored)


async def _count(work: Work, part: _Part) -> bool:
    """Add a part's figures to the upload's; say whether it was the last one."""
    taken = part.judgement.accepted["policy_number"].n_unique()
    await work.tx.execute(
        queries.add_counts(
            work.upload,
            parts_done=1,
            accepted_count=taken,
            rejected_count=part.policies - taken,
            error_count=part.judgement.errors,
            warning_count=part.judgement.warnings,
            findings_kept=len(part.judgement.findings),
        )
    )
    await work.tx.refresh(work.upload)
    return work.upload.parts_done == len(work.upload.parts)


async def _conclude(work: Work) -> None:
    await number_delays(work.tx, work.upload)
    applied = work.upload.accepted_count > 0
    await _end(work, "APPLIED" if applied else "INVALID", events.UploadApplied)


async def _move(work: Work, status: str) -> None:
    work.upload.status = status
    move_on(work.upload, now())
    await work.tx.flush()


async def _end(work: Work, status: str, fact: type[events.UploadFact]) -> None:
    work.upload.finished_at = now()
    await _move(work, status)
    await tell(work.tx, work.upload, fact)


async def _give_up(databases: Databases, task: queries.Task) -> None:
    at: datetime = now()
    async with databases.tenant(task.policyholder_code) as tx:
        upload = await queries.upload(tx, task.upload_id, lock=True)
        upload.status, upload.reason, upload.finished_at = "FAILED", "internal-error", at
        move_on(upload, at)
        of_upload = tables.UploadTask.upload_id == task.upload_id
        await tx.execute(delete(tables.UploadTask).where(of_upload))
        await tell(tx, upload, events.UploadFailed)
