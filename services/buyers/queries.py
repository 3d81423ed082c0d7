"""Named reads of buyers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from . import tables
from .domain.search import search_key
from .errors import BuyerNotFound


@dataclass(frozen=True, slots=True)
class BuyerFilter:
    """Which buyers are asked for; an empty part asks for all."""

    q: str | None = None
    buyer_codes: Sequence[str] = ()
    countries: Sequence[str] = ()
    ratings: Sequence[str] = ()


def buyers(wanted: BuyerFilter) -> Select[tables.Buyer]:
    """Select the buyers that fit, for paging."""
    statement = select(tables.Buyer)
    if wanted.q is not None:
        statement = statement.where(
            tables.Buyer.search_key.contains(search_key(wanted.q), autoescape=True)
        )
    for column, values in (
        (tables.Buyer.buyer_code, wanted.buyer_codes),
        (tables.Buyer.country, wanted.countries),
        (tables.Buyer.rating, wanted.ratings),
    ):
        if values:
            statement = statement.where(column.in_(values))
    return statement


async def buyer(tx: AsyncSession, buyer_code: str) -> tuple[tables.Buyer, date | None]:
    """Find one buyer, and when the caller's company last used it.

    Raises: BuyerNotFound.
    """
    use = tables.BuyerUse
    statement = (
        select(tables.Buyer, use.last_used_on)
        .outerjoin(
            use,
            (use.buyer_code == tables.Buyer.buyer_code) & (use.tenant == tx.info["tenant"]),
        )
        .where(tables.Buyer.buyer_code == buyer_code)
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise BuyerNotFound
    return row[0], row[1]
