"""The register (海外商社名簿): buyers are entered by staff, and told to every service."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import today_in_japan
from libs.common.etags import match
from libs.common.outbox import announce

from .. import events, tables
from ..domain.rating import ChangeCause, Rating
from ..domain.search import search_key
from . import ratings


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
    del values["rating"]
    is_new = buyer is None
    if buyer is None:
        buyer = tables.Buyer(**values, rating=None, version=0)
        tx.add(buyer)
    for name, value in values.items():
        setattr(buyer, name, value)
    buyer.version += 1
    change = ratings.Change(record.rating, ChangeCause.ENTERED, today_in_japan(at))
    changed = await ratings.write_down(tx, buyer, change)

    told = {"buyer_code": record.buyer_code, "country": record.country, "rating": record.rating}
    await announce(
        tx,
        *([events.BuyerRegistered(**told)] if is_new else [events.BuyerUpdated(**told), *changed]),
        events.BuyerState.model_validate(buyer, from_attributes=True),
    )
    return buyer, is_new
