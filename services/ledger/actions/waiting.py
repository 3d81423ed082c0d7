"""Waiting for an upload to move on, without holding a connection meanwhile."""

import asyncio
import time

from libs.common.database import Databases

from .. import tables
from ..queries import uploads as queries

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.01, 0.1


async def wait_for_change(
    databases: Databases, tenant: str, upload_id: str, seconds: int
) -> tables.Upload:
    """Read an upload; if it is still at work, wait so long for its status to change.

    Raises: UploadNotFound.
    """
    until = time.monotonic() + seconds
    pause = _FIRST_PAUSE_SECONDS
    first = await _look(databases, tenant, upload_id)
    if first.finished_at is not None or seconds == 0:
        return first
    while time.monotonic() < until and await _status(databases, first) == first.status:
        await asyncio.sleep(pause)
        # Small files are done at once; whoever waits for a large one does not ask that often.
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    return await _look(databases, tenant, upload_id)


async def _look(databases: Databases, tenant: str, upload_id: str) -> tables.Upload:
    async with databases.tenant(tenant) as tx:
        return await queries.upload(tx, upload_id)


async def _status(databases: Databases, upload: tables.Upload) -> str:
    async with databases.tenant(upload.tenant) as tx:
        return await queries.status(tx, upload.id)
