"""Exchange rates as they were published, and the one that holds on a day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..errors import ExchangeRateNotFound


def exchange_rates(
    currencies: Sequence[str], since: date | None, until: date | None
) -> Select[tables.ExchangeRate]:
    """Select the rates of some currencies that begin between two days, for paging."""
    rate = tables.ExchangeRate
    statement = select(rate)
    if currencies:
        statement = statement.where(rate.currency.in_(currencies))
    if since is not None:
        statement = statement.where(rate.valid_from >= since)
    if until is not None:
        statement = statement.where(rate.valid_from <= until)
    return statement


async def exchange_rate(tx: AsyncSession, currency: str, on: date) -> tables.ExchangeRate:
    """Find the rate of a currency that holds on a day.

    Raises: ExchangeRateNotFound.
    """
    rate = tables.ExchangeRate
    newest_first = (
        select(rate)
        .where(rate.currency == currency, rate.valid_from <= on)
        .order_by(rate.valid_from.desc())
        .limit(1)
    )
    found = await tx.scalar(newest_first)
    if found is None:
        raise ExchangeRateNotFound
    return found
