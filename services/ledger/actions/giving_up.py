"""Work that cannot be carried out: it fails its upload, and does not hold up the others."""

from functools import cache

from sqlalchemy.exc import DBAPIError

from libs.common.clock import now
from libs.common.database import PLATFORM, Databases
from libs.common.wire import new_uuid

from .. import events
from ..queries import uploads as queries
from .uploads import ask_for_tidying, move_on, tell

MOST_WORKERS_LOST = 3

_PASSING = ("40001", "40P01")  # not serializable, deadlock


class WorkersLost(RuntimeError):
    """Several processes began a piece of work and none of them lived to its end."""


async def begin(databases: Databases, task: queries.Task) -> None:
    """Note who begins a task, in a transaction of its own: it must outlive the process.

    Raises: WorkersLost.
    """
    async with databases.tenant(PLATFORM) as tx:
        begun = await queries.begin(tx, task, _this_process())
    if begun > MOST_WORKERS_LOST:
        raise WorkersLost


def is_passing(error: Exception) -> bool:
    """Say whether a failure is of the moment: two who waited for each other in a ring."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in _PASSING


async def give_up(databases: Databases, task: queries.Task, why: Exception) -> None:
    """Fail the upload of a task (処理不能): nothing of it is left to be done."""
    at = now()
    async with databases.tenant(task.policyholder_code) as tx:
        # First the tasks, as whoever carries one out: the two never wait in a ring.
        await queries.drop_tasks(tx, task.upload_id)
        upload = await queries.upload(tx, task.upload_id, lock=True)
        upload.reason = "workers-lost" if isinstance(why, WorkersLost) else "internal-error"
        upload.status, upload.finished_at = "FAILED", at
        move_on(upload, at)
        await ask_for_tidying(tx, upload)
        await tell(tx, upload, events.UploadFailed)


@cache
def _this_process() -> str:
    return str(new_uuid())
