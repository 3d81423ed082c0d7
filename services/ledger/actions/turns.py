"""Whose turn it is (受付順): an entry lets those files go first that hold its policy."""

import asyncio
from collections.abc import Collection

from obstore.store import ObjectStore
from sqlalchemy.ext.asyncio import AsyncSession

from ..queries import uploads as queries
from . import parts


async def is_awaited(tx: AsyncSession, store: ObjectStore, policy_number: str) -> bool:
    """Tell whether a file that was submitted earlier will still do something to a policy.

    Of a file that nobody has read and cut yet nobody knows, so it may.
    """
    for upload_id, left in (await queries.waiting(tx)).items():
        if "READ" in left:
            return True
        if await _may_hold(tx, store, upload_id, left.get("APPLY"), policy_number):
            return True
    return False


async def _may_hold(
    tx: AsyncSession,
    store: ObjectStore,
    upload_id: str,
    parts_left: Collection[int] | None,
    policy_number: str,
) -> bool:
    upload = await queries.upload(tx, upload_id)
    if upload.cut_into is None:
        return True
    part = parts.part_of(policy_number, upload.cut_into)
    # Part by part a file is applied for good; wholly or not at all, every part is still to come.
    if part not in (upload.parts if parts_left is None else parts_left):
        return False
    return await asyncio.to_thread(parts.holds, store, upload.file_key, part, policy_number)
