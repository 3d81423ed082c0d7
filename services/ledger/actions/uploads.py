"""Ledger files come in, are submitted after a dry run, or are taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common import context
from libs.common.dates import today_in_japan
from libs.common.etags import match
from libs.common.files import ReceivedFile
from libs.common.outbox import announce
from libs.common.wire import new_id

from .. import events, tables
from ..domain.allowances import Allowance, day_of, is_exceeded
from ..errors import AlreadyUnderWay, DailyAllowanceReached, DryRunTooOld, NotReadyToSubmit
from ..queries import uploads as queries

DRY_RUN_GOOD_FOR = timedelta(hours=24)
_CANCELLABLE = ("RECEIVED", "VALIDATING", "READY")


@dataclass(frozen=True, slots=True)
class HandingIn:
    """A file and what its sender says about it."""

    file: ReceivedFile
    mode: Literal["DRY_RUN", "SUBMIT"]
    acceptance: Literal["PER_POLICY", "ALL_OR_NOTHING"]
    declared_layout: str | None
    declared_count: str | None
    charset: str
    evidence_cases: tuple[str, ...]
    submitted_by: str


async def receive(
    tx: AsyncSession, handing_in: HandingIn, allowance: Allowance, at: datetime
) -> tables.Upload:
    """Write down that a ledger file has been handed in (受付), and ask for its judgement.

    Raises: DailyAllowanceReached.
    """
    file = handing_in.file
    began, ends = day_of(at)
    so_far = await queries.handed_in_since(tx, began, handing_in.submitted_by)
    if is_exceeded(allowance, so_far, file.size):
        raise DailyAllowanceReached(retry_after=ceil((ends - at).total_seconds()))
    upload = tables.Upload(
        tenant=tx.info["tenant"],
        id=new_id("upload"),
        status="RECEIVED",
        mode=handing_in.mode,
        acceptance=handing_in.acceptance,
        declared_layout=handing_in.declared_layout,
        declared_count=handing_in.declared_count,
        charset=handing_in.charset,
        evidence_cases=list(handing_in.evidence_cases),
        file_name=file.name,
        file_key=file.key,
        sha256=file.sha256,
        size_bytes=file.size,
        accepted_count=0,
        rejected_count=0,
        error_count=0,
        warning_count=0,
        findings_kept=0,
        parts=[],
        parts_done=0,
        submitted_by=handing_in.submitted_by,
        request_id=context.request_id.get(),
        received_at=at,
        # By Web the true time counts; only mail waits for business hours (ledger notes A26).
        deemed_received_on=today_in_japan(at),
        updated_at=at,
        version=1,
    )
    tx.add(upload)
    turn = await queries.next_turn(tx) if upload.mode == "SUBMIT" else None
    await ask_for(tx, upload, "READ", [0], turn)
    await tell(tx, upload, events.UploadReceived)
    return upload


async def submit(
    tx: AsyncSession, upload_id: str, seen_version: int, at: datetime
) -> tables.Upload:
    """Apply a file that a dry run found good (申込み).

    Raises: UploadNotFound, PreconditionFailed, NotReadyToSubmit, DryRunTooOld.
    """
    # Locked: of two who submit at once the second finds the version moved on.
    upload = await queries.upload(tx, upload_id, lock=True)
    match(seen_version, upload.version)
    if upload.status != "READY":
        raise NotReadyToSubmit
    if at - upload.updated_at > DRY_RUN_GOOD_FOR:
        raise DryRunTooOld

    upload.dry_run = counts(upload)
    upload.status, upload.mode, upload.finished_at = "APPLYING", "SUBMIT", None
    await tx.execute(queries.forget_findings(upload))
    queries.start_counting(upload)
    move_on(upload, at)
    turn = await queries.next_turn(tx)
    await ask_for_application(tx, upload, turn)
    await tell(tx, upload, events.UploadSubmitted)
    return upload


async def cancel(
    tx: AsyncSession, upload_id: str, seen_version: int, at: datetime
) -> tables.Upload:
    """Take a file back (取下げ) before any of it is applied.

    Raises: UploadNotFound, PreconditionFailed, AlreadyUnderWay.
    """
    # First the tasks, as whoever carries one out: the two never wait in a ring.
    await queries.drop_tasks(tx, upload_id)
    upload = await queries.upload(tx, upload_id, lock=True)
    match(seen_version, upload.version)
    if upload.status not in _CANCELLABLE:
        raise AlreadyUnderWay

    upload.status, upload.finished_at = "CANCELLED", at
    move_on(upload, at)
    await ask_for_tidying(tx, upload)
    await tell(tx, upload, events.UploadCancelled)
    return upload


def allowed(upload: tables.Upload) -> list[Literal["SUBMIT", "CANCEL"]]:
    """Name what its sender may do with an upload as it stands."""
    may: list[Literal["SUBMIT", "CANCEL"]] = []
    if upload.status == "READY":
        may.append("SUBMIT")
    if upload.status in _CANCELLABLE:
        may.append("CANCEL")
    return may


def move_on(upload: tables.Upload, at: datetime) -> None:
    """Stamp a change of an upload."""
    upload.updated_at = at
    upload.version += 1


def counts(upload: tables.Upload) -> dict[str, int]:
    """Say what the judgement has counted."""
    names = ("accepted_count", "rejected_count", "error_count", "warning_count")
    return {name: getattr(upload, name) for name in names}


async def ask_for(
    tx: AsyncSession, upload: tables.Upload, kind: str, parts: list[int], turn: int | None
) -> None:
    """Put work for an upload in the queue, one task a part."""
    tx.add_all(
        tables.UploadTask(
            policyholder_code=upload.tenant, upload_id=upload.id, kind=kind, part=part, turn=turn
        )
        for part in parts
    )
    # The bell that rings for facts wakes idle workers, too.
    tx.info["told"] = True


async def ask_for_application(tx: AsyncSession, upload: tables.Upload, turn: int) -> None:
    """Ask for the parts to be applied: each on its own, or all in one transaction."""
    if upload.acceptance == "ALL_OR_NOTHING":
        await ask_for(tx, upload, "APPLY_ALL", [0], turn)
    else:
        await ask_for(tx, upload, "APPLY", upload.parts, turn)


async def ask_for_tidying(tx: AsyncSession, upload: tables.Upload) -> None:
    """Ask that what an upload that has ended no longer needs be removed."""
    await ask_for(tx, upload, "TIDY", [0], None)


async def tell(tx: AsyncSession, upload: tables.Upload, fact: type[events.UploadFact]) -> None:
    """Tell the others what happened to an upload."""
    told = fact(
        upload_id=upload.id,
        policyholder_code=upload.tenant,
        file_name=upload.file_name,
        mode=upload.mode,
        status=upload.status,
        received_on=upload.deemed_received_on,
        rows=upload.row_count,
        policies=upload.policy_count,
        rejected_count=upload.rejected_count,
        error_count=upload.error_count,
        warning_count=upload.warning_count,
    )
    await announce(tx, told)  # type: ignore[arg-type]  # every one of them is an Event
