"""Named reads of buyers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.driver import Row, Statement

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


# The platform's most frequent read.
_BUYER = Statement("""
SELECT buyers.*, own_use.last_used_on
FROM buyers LEFT JOIN buyer_uses AS own_use
  ON own_use.tenant = :tenant AND own_use.buyer_code = buyers.buyer_code
WHERE buyers.buyer_code = :buyer_code
""")


async def buyer(tx: AsyncSession, buyer_code: str) -> Row:
    """Find one buyer, and when the caller's company last used it.

    Shape: the columns of `buyers`, and `last_used_on`. Raises: BuyerNotFound.
    """
    row = await _BUYER.row(tx, tenant=tx.info["tenant"], buyer_code=buyer_code)
    if row is None:
        raise BuyerNotFound
    return row


async def last_rating_change(tx: AsyncSession, buyer_code: str) -> tables.RatingChange | None:
    """Find the last change of a buyer's rating, if there was any."""
    return (await tx.scalars(rating_history(buyer_code).limit(1))).one_or_none()


def rating_history(buyer_code: str) -> Select[tables.RatingChange]:
    """Select the changes of a buyer's rating, newest first, for paging."""
    change = tables.RatingChange
    return select(change).filter_by(buyer_code=buyer_code).order_by(change.number.desc())
