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
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import now
from libs.common.database import PLATFORM, Databases, act_for, is_outage
from libs.common.files import remove_file

from .. import events, tables
from ..domain.case import Case
from ..domain.judging import Judgement
from ..domain.layout import BY_CODE, CHANGES, Layout
from ..domain.reading import Reading
from ..queries import uploads as queries
from ..queries.bulk import as_array, insert_staged
from ..queries.changes import beside_others, lock_contracts
from . import file_level, parts
from .applying import apply, number_delays
from .giving_up import begin, give_up, is_passing
from .judging import Submission, judge_submission
from .refused import keep_refused
from .uploads import ask_for, ask_for_application, ask_for_tidying, move_on, tell

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

    @property
    def is_over(self) -> bool:
        """Say whether the upload has come to its end."""
        return self.upload.finished_at is not None

    @property
    def layout(self) -> Layout:
        """Give the layout that the file was found to have."""
        return BY_CODE[self.upload.layout, self.upload.slots]


async def carry_out_next(
    databases: Databases, store: ObjectStore, *, only_fresh: bool = False
) -> bool:
    """Take one task and carry it out; say whether there was one.

    `only_fresh` leaves alone what somebody has begun before: where two tasks are carried out
    beside each other, one that ends its process takes the same other one with it only once.
    """
    task: queries.Task | None = None
    try:
        async with databases.tenant(PLATFORM) as tx:
            task = await queries.next_task(tx, only_fresh=only_fresh)
            if task is None:
                return False
            await begin(databases, task)
            await act_for(tx, task.policyholder_code)
            work = Work(tx, store, await queries.upload(tx, task.upload_id), task)
            # Who was cancelled while a file was being read may have left work behind.
            if task.kind == "TIDY" or not work.is_over:
                await _ACTS[task.kind](work)
            await queries.finish(tx, task)
    except Exception as error:
        if task is None or is_outage(error) or is_passing(error):
            raise
        # A fault of ours must not stop the queue: the upload fails, and says so.
        log.exception("upload_failed", upload_id=task.upload_id, kind=task.kind)
        await give_up(databases, task, error)
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
    upload.cut_into = cut.into
    # Of a file that breaks off nobody knows how many there are.
    if reading.is_whole:
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
    part = await _judged(work, await _rows(work, work.task.part))
    # A dry run asks for nothing, so that nothing of it is refused.
    if work.task.turn is not None:
        await keep_refused(work.tx, work.upload, part.judgement.refused)
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
    rows = await _rows(work, work.task.part)
    at = await _lock(work, rows)
    part = await _judged(work, rows)
    await apply(work.tx, work.upload.id, part.judgement, part.case, at)
    await keep_refused(work.tx, work.upload, part.judgement.refused)
    if await _count(work, part):
        await _conclude(work)


async def _apply_all(work: Work) -> None:
    """Apply every part in this one transaction, or none if one has an error by now."""
    at, judged = now(), []
    for number in work.upload.parts:
        rows = await _rows(work, number)
        at = max(at, await _lock(work, rows))
        judged.append(await _judged(work, rows))
    good = not any(part.judgement.errors for part in judged)
    for part in judged:
        if good:
            await apply(work.tx, work.upload.id, part.judgement, part.case, at)
        else:
            await keep_refused(work.tx, work.upload, part.judgement.refused)
        await _count(work, part)
    if good:
        await _conclude(work)
    else:
        await _end(work, "INVALID", events.UploadValidated)


async def _tidy(work: Work) -> None:
    """Remove what an upload that has ended no longer needs; for a while the file itself stays."""
    await parts.remove(work.store, work.upload.file_key)
    if work.upload.forgotten_at is not None:
        await remove_file(work.store, work.upload.file_key)
    await queries.forget_takers(work.tx)


_Act = Callable[[Work], Awaitable[None]]
_ACTS: dict[str, _Act] = {
    "READ": _read,
    "JUDGE": _judge,
    "APPLY": _apply,
    "APPLY_ALL": _apply_all,
    "TIDY": _tidy,
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that was judged, against what, and how many policies it has."""

    judgement: Judgement
    case: Case
    policies: int


async def _rows(work: Work, number: int) -> pl.DataFrame:
    key = work.upload.file_key
    return await asyncio.to_thread(parts.read_part, work.store, key, number, work.layout)


async def _lock(work: Work, rows: pl.DataFrame) -> datetime:
    """Keep others from the contracts that a part changes; gives the instant of what is done.

    Locked before anything is judged: who comes second is judged by what the first one did.
    """
    await beside_others(work.tx)
    if work.upload.layout != CHANGES.code:
        return now()
    return await lock_contracts(work.tx, rows["policy_number"].drop_nulls().unique().to_list())


async def _judged(work: Work, rows: pl.DataFrame) -> _Part:
    """Judge a part as the registers stand, and keep what was found."""
    upload = work.upload
    submission = Submission(
        rows,
        work.layout,
        upload.deemed_received_on,
        dict(pair.split("=") for pair in upload.evidence_cases),
    )
    limit = max(FINDINGS_KEPT // len(upload.parts), 100)
    judgement, case = await judge_submission(work.tx, submission, limit)
    await _keep(work, judgement.findings)
    return _Part(judgement, case, rows["policy_number"].n_unique())


async def _keep(work: Work, findings: pl.DataFrame) -> None:
    stored = findings.with_columns(
        as_array("item_nos"),
        row=pl.col("row").fill_null(0),
        upload_id=pl.lit(work.upload.id),
        number=pl.int_range(len(findings)),
    )
    await insert_staged(work.tx, "upload_findings", stored)


async def _count(work: Work, part: _Part) -> bool:
    """Add a part's figures to the upload's; say whether it was the last one."""
    taken = part.judgement.accepted["policy_number"].n_unique()
    await queries.add_counts(
        work.tx,
        work.upload,
        parts_done=1,
        accepted_count=taken,
        rejected_count=part.policies - taken,
        error_count=part.judgement.errors,
        warning_count=part.judgement.warnings,
        findings_kept=len(part.judgement.findings),
    )
    return work.upload.parts_done == len(work.upload.parts) and not work.is_over


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
    if status != "READY":
        await ask_for_tidying(work.tx, work.upload)
