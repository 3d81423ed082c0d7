"""Named reads of uploads and the queue of their work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Delete, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from libs.common.driver import Statement

from .. import tables
from ..domain.allowances import HandedIn
from ..errors import UploadNotFound

# The next piece of work: what leads to application waits for the same policyholder's earlier
# turn, so that files apply in the order they were received.
_NEXT = Statement("""
SELECT position, policyholder_code, upload_id, kind, part, turn
FROM upload_tasks AS task
WHERE (turn IS NULL OR NOT EXISTS (
    SELECT FROM upload_tasks AS earlier
    WHERE earlier.policyholder_code = task.policyholder_code AND earlier.turn < task.turn
)) AND NOT (CAST(:only_fresh AS boolean) AND EXISTS (
    SELECT FROM upload_task_takers AS taker WHERE taker.position = task.position
))
ORDER BY position LIMIT 1 FOR UPDATE OF task SKIP LOCKED
""")
_BEGIN = Statement("""
WITH begun AS (
    INSERT INTO upload_task_takers (position, worker) VALUES (:position, :worker)
    ON CONFLICT DO NOTHING RETURNING worker
)
SELECT (SELECT count(*) FROM begun) + count(*) FROM upload_task_takers WHERE position = :position
""")
_FINISH = Statement("""
WITH done AS (DELETE FROM upload_tasks WHERE position = :position)
DELETE FROM upload_task_takers WHERE position = :position
""")
_STATUS = Statement("SELECT status FROM uploads WHERE tenant = :tenant AND id = :id")
_ADD = Statement("""
UPDATE uploads
SET parts_done = parts_done + :parts_done, accepted_count = accepted_count + :accepted_count,
    rejected_count = rejected_count + :rejected_count, error_count = error_count + :error_count,
    warning_count = warning_count + :warning_count, findings_kept = findings_kept + :findings_kept
WHERE tenant = :tenant AND id = :id
RETURNING parts_done, accepted_count, rejected_count, error_count, warning_count, findings_kept
""")
_COUNTERS = (
    "parts_done",
    "accepted_count",
    "rejected_count",
    "error_count",
    "warning_count",
    "findings_kept",
)
_NEXT_TURN = Statement("SELECT nextval('upload_turns')")


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work this worker has taken."""

    position: int
    policyholder_code: str
    upload_id: str
    kind: str
    part: int
    turn: int | None


async def next_task(tx: AsyncSession, *, only_fresh: bool) -> Task | None:
    """Take the next piece of work, or none; the row stays locked until the transaction ends.

    Fresh is what nobody has begun yet.
    """
    row = await _NEXT.row(tx, only_fresh=only_fresh)
    return Task(*row) if row else None


async def begin(tx: AsyncSession, task: Task, worker: str) -> int:
    """Note that a process begins a piece of work; gives how many have begun it, this one too."""
    begun: int = await _BEGIN.value(tx, position=task.position, worker=worker)
    return begun


async def finish(tx: AsyncSession, task: Task) -> None:
    """Take a piece of work from the queue, and with it those who had begun it."""
    await _FINISH.rows(tx, position=task.position)


async def drop_tasks(tx: AsyncSession, upload_id: str) -> None:
    """Take all work of an upload from the queue; what is under way is waited for."""
    await tx.execute(delete(tables.UploadTask).where(tables.UploadTask.upload_id == upload_id))


async def forget_takers(tx: AsyncSession) -> None:
    """Forget who began work that is no longer to be done."""
    taker, task = tables.UploadTaskTaker, tables.UploadTask
    await tx.execute(delete(taker).where(taker.position.not_in(select(task.position))))


async def next_turn(tx: AsyncSession) -> int:
    """Take a place in the order in which files are applied."""
    turn: int = await _NEXT_TURN.value(tx)
    return turn


async def waiting(tx: AsyncSession) -> dict[str, dict[str, list[int]]]:
    """Name this policyholder's files that were submitted and are not wholly applied yet.

    Shape: by upload, in the order of their turns: which kinds of work are left, on which parts.
    """
    task = tables.UploadTask
    own = (task.policyholder_code == tx.info["tenant"], task.turn.is_not(None))
    found: dict[str, dict[str, list[int]]] = {}
    for left in await tx.scalars(select(task).where(*own).order_by(task.turn, task.position)):
        found.setdefault(left.upload_id, {}).setdefault(left.kind, []).append(left.part)
    return found


async def upload(tx: AsyncSession, upload_id: str, *, lock: bool = False) -> tables.Upload:
    """Find an upload.

    Raises: UploadNotFound.
    """
    key = (tx.info["tenant"], upload_id)
    found = await tx.get(tables.Upload, key, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise UploadNotFound
    return found


async def status(tx: AsyncSession, upload_id: str) -> str:
    """Tell how far an upload is that is known to be there."""
    found: str = await _STATUS.value(tx, tenant=tx.info["tenant"], id=upload_id)
    return found


def uploads(statuses: list[str]) -> Select[tables.Upload]:
    """Select the uploads in these states (any, if none is named), for paging."""
    statement = select(tables.Upload)
    return statement.where(tables.Upload.status.in_(statuses)) if statuses else statement


def kept_since(ended: datetime) -> Select[tables.Upload]:
    """Select the uploads whose file is still kept though they ended at an instant or before."""
    kept = tables.Upload
    return select(kept).where(kept.finished_at <= ended, kept.forgotten_at.is_(None))


async def handed_in_since(tx: AsyncSession, began: datetime, sender: str) -> HandedIn:
    """Sum up what a company has handed in since an instant, and how many files a sender has."""
    kept = tables.Upload
    files = func.count().filter(kept.submitted_by == sender)
    size = func.coalesce(func.sum(kept.size_bytes), 0)
    # Nothing changes before it is received: the index finds what is recent.
    recent = (kept.updated_at >= began, kept.received_at >= began)
    row = (await tx.execute(select(files, size).where(*recent))).one()
    return HandedIn(row[0], int(row[1]))


def findings(upload_id: str, severities: Sequence[str]) -> Select[tables.UploadFinding]:
    """Select what was found in a file (of any severity, if none is named), for paging."""
    finding = tables.UploadFinding
    statement = select(finding).where(finding.upload_id == upload_id)
    return statement.where(finding.severity.in_(severities)) if severities else statement


def forget_findings(upload: tables.Upload) -> Delete:
    """Drop what was found row by row; the rows are judged anew."""
    finding = tables.UploadFinding
    return delete(finding).where(finding.upload_id == upload.id, finding.row > 0)


def start_counting(upload: tables.Upload) -> None:
    """Begin a judgement: nothing counted, no part done."""
    for name in _COUNTERS:
        setattr(upload, name, 0)


async def add_counts(tx: AsyncSession, upload: tables.Upload, **counted: int) -> None:
    """Add figures to an upload's, whoever else is adding to them; it then shows the sums."""
    for sums in await _ADD.rows(tx, tenant=upload.tenant, id=upload.id, **counted):
        for name in _COUNTERS:
            set_committed_value(upload, name, sums[name])


async def has_same_content(tx: AsyncSession, sha256: str, upload_id: str) -> bool:
    """Say whether another file with this content has been accepted (L015)."""
    same = select(tables.Upload.id).where(
        tables.Upload.sha256 == sha256,
        tables.Upload.id != upload_id,
        tables.Upload.status.in_(("APPLYING", "APPLIED")),
    )
    return (await tx.scalars(same.limit(1))).first() is not None
