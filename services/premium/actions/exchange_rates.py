"""Exchange rates are published by day (換算率の公示)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..errors import RateAlreadyPublished


@dataclass(frozen=True, slots=True)
class Quotation:
    """What one unit of a currency is worth in yen (TTB) from a day on."""

    currency: str
    valid_from: date
    ttb: Decimal
    source: str
    sample: bool


async def publish_exchange_rates(tx: AsyncSession, quotations: Sequence[Quotation]) -> None:
    """Publish exchange rates (換算率の公示); what is already published so stays as it is.

    Raises: RateAlreadyPublished when one stands there with another figure.
    """
    rate = tables.ExchangeRate
    # Contracts may have been priced with a published rate: it is never replaced.
    await tx.execute(insert(rate).on_conflict_do_nothing(), [asdict(it) for it in quotations])
    places = [(it.currency, it.valid_from) for it in quotations]
    kept = await tx.scalars(select(rate).where(tuple_(rate.currency, rate.valid_from).in_(places)))
    published = {(row.currency, row.valid_from): row.ttb for row in kept}
    if any(published[it.currency, it.valid_from] != it.ttb for it in quotations):
        raise RateAlreadyPublished
