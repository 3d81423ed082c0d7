"""Business acts of buyers: load, decide, save, announce."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.etags import match
from libs.common.outbox import announce

from . import events, tables
from .domain.rating import Rating
from .domain.search import search_key


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """What staff enter for a buyer."""

    buyer_code: str
    name: str
    country: str
    country_code: str
    kind: Literal["BUYER", "BANK"]
    rating: Rating | None
    active: bool
    sample: bool


async def enter_buyer(
    tx: AsyncSession, record: BuyerRecord, seen_version: int | None, at: datetime
) -> tuple[tables.Buyer, bool]:
    """Enter a buyer in the register, or replace its record (海外商社登録・変更).

    Returns the row, and whether it is new. Raises: PreconditionRequired, PreconditionFailed.
    """
    # Locked: of two who replace one record, the second finds its version stale.
    buyer = await tx.get(tables.Buyer, record.buyer_code, with_for_update=True)
    match(seen_version, buyer.version if buyer else None)

    values = asdict(record) | {"search_key": search_key(record.name), "updated_at": at}
    is_new = buyer is None
    if buyer is None:
        buyer = tables.Buyer(**values, version=1)
        tx.add(buyer)
    else:
        for name, value in values.items():
            setattr(buyer, name, value)
        buyer.version += 1

    told = events.BuyerRegistered if is_new else events.BuyerUpdated
    await announce(
        tx,
        told(buyer_code=record.buyer_code, country=record.country, rating=record.rating),
        events.BuyerState(**asdict(record)),
    )
    return buyer, is_new


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
