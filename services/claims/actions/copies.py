"""What others told us of contracts and causes, kept as our own copies."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables

Row = dict[str, Any]

_KEY = ("policy_number", "branch_number", "history_number")


async def keep_histories(tx: AsyncSession, histories: Sequence[Row]) -> None:
    """Keep branch histories as a ledger brought them; of one history the newest revision."""
    newest: dict[tuple[str, ...], Row] = {}
    for row in sorted(histories, key=lambda it: it["revision"]):
        newest[tuple(row[name] for name in _KEY)] = row | {"tenant": tx.info["tenant"]}
    if newest:
        # In ascending order, so that two batches never wait for each other's rows.
        await tx.execute(_KEEP_HISTORY, [newest[key] for key in sorted(newest)])


async def keep_causes(
    tx: AsyncSession, version: int, valid_from: date, causes: Sequence[Row]
) -> None:
    """Keep a published version of the causes of loss (事由)."""
    cause = tables.LossCause
    # The whole table was told: what a version said before is replaced.
    await tx.execute(delete(cause).where(cause.version == version))
    of_version = {"version": version, "valid_from": valid_from}
    if causes:
        await tx.execute(insert(cause), [row | of_version for row in causes])


def _upsert_history() -> Insert:
    history = tables.BranchHistory
    keep = insert(history)
    key = ["tenant", *_KEY]
    told = {
        column.name: keep.excluded[column.name]
        for column in history.__table__.columns
        if column.name not in key
    }
    newer = keep.excluded.revision >= history.revision
    return keep.on_conflict_do_update(index_elements=key, set_=told, where=newer)


_KEEP_HISTORY = _upsert_history()
