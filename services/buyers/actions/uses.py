"""Uses of buyers (海外商社の利用): noted as contracts name them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.batches import insert_batch, write_batch

from .. import tables


async def note_uses(tx: AsyncSession, uses: Mapping[str, tuple[date, str]]) -> None:
    """Note on which day, under which policy, buyers were last used (最終利用日)."""
    # In ascending order, so that two batches never wait for each other's rows.
    rows = [
        {"buyer_code": code, "last_used_on": day, "policy_number": policy}
        for code, (day, policy) in sorted(uses.items())
    ]
    await write_batch(tx, _NOTE_USE, rows)


def _upsert_use() -> Insert:
    use = tables.BuyerUse
    note = insert_batch(use)
    values = {name: note.excluded[name] for name in ("last_used_on", "policy_number")}
    # Of one day the highest number stays, in whatever order the batches of that day are heard.
    newer = tuple_(*values.values()) >= tuple_(use.last_used_on, use.policy_number)
    key = ["tenant", "buyer_code"]
    return note.on_conflict_do_update(index_elements=key, set_=values, where=newer)


_NOTE_USE = _upsert_use()
