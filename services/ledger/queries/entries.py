"""Named reads of entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..errors import EntryNotFound


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are wanted; what names nothing excludes nothing."""

    status: Sequence[str]
    processing: Sequence[str]
    policy_number: Sequence[str]
    updated_at_from: datetime | None


def entries(wanted: EntryFilter) -> Select[tables.Entry]:
    """Select the entries that are wanted, for paging."""
    entry = tables.Entry
    statement = select(entry)
    if wanted.status:
        statement = statement.where(entry.status.in_(wanted.status))
    if wanted.processing:
        statement = statement.where(entry.processing.in_(wanted.processing))
    if wanted.policy_number:
        number = entry.content["policy_number"].astext
        statement = statement.where(number.in_(wanted.policy_number))
    if wanted.updated_at_from is not None:
        statement = statement.where(entry.updated_at >= wanted.updated_at_from)
    return statement


async def entry(tx: AsyncSession, entry_id: str, *, lock: bool = False) -> tables.Entry:
    """Find an entry.

    Raises: EntryNotFound.
    """
    key = (tx.info["tenant"], entry_id)
    found = await tx.get(tables.Entry, key, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise EntryNotFound
    return found
