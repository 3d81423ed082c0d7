"""Waiting for an upload to move on, without holding a connection meanwhile."""

import asyncio
import time

from libs.common.database import Databases

from .. import tables
from ..queries import uploads as queries

_LOOK_EVERY_SECONDS = 0.1


async def wait_for_change(
    databases: Databases, tenant: str, upload_id: str, seconds: int
) -> tables.Upload:
    """Read an upload; if it is still at work, wait so long for its status to change.

    Raises: UploadNotFound.
    """
    until = time.monotonic() + seconds
    first = upload = await _look(databases, tenant, upload_id)
    while upload.finished_at is None and upload.status == first.status and time.monotonic() < until:
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        upload = await _look(databases, tenant, upload_id)
    return upload


async def _look(databases: Databases, tenant: str, upload_id: str) -> tables.Upload:
    async with databases.tenant(tenant) as tx:
        return await queries.upload(tx, upload_id)
