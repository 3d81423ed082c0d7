"""Uses of buyers (海外商社の利用): noted as contracts name them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables


async def note_uses(tx: AsyncSession, uses: Mapping[str, tuple[date, str]]) -> None:
    """Note on which day, under which policy, buyers were last used (最終利用日)."""
    if not uses:
        return
    # In ascending order, so that two batches never wait for each other's rows.
    rows = [
        {
            "tenant": tx.info["tenant"],
            "buyer_code": code,
            "last_used_on": day,
            "policy_number": policy,
        }
        for code, (day, policy) in sorted(uses.items())
    ]
    use = insert(tables.BuyerUse).values(rows)
    # Of one day the highest number stays, in whatever order the batches of that day are heard.
    newer = tuple_(use.excluded.last_used_on, use.excluded.policy_number) >= tuple_(
        tables.BuyerUse.last_used_on, tables.BuyerUse.policy_number
    )
    await tx.execute(
        use.on_conflict_do_update(
            index_elements=["tenant", "buyer_code"],
            set_={
                "last_used_on": use.excluded.last_used_on,
                "policy_number": use.excluded.policy_number,
            },
            where=newer,
        )
    )
