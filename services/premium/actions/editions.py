"""Tariff editions are told to the others (料率版の公示)."""

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.outbox import announce

from .. import events
from ..domain.tariff import Edition
from ..queries.editions import editions


async def tell_rate_editions(tx: AsyncSession) -> None:
    """Tell every edition of the tariff, as it stands."""
    await announce(tx, *(_state(edition) for edition in await editions(tx)))


def _state(edition: Edition) -> events.RateEditionState:
    return events.RateEditionState(
        edition=edition.name,
        valid_from=edition.valid_from,
        valid_to=edition.valid_to,
        minimum_days=edition.minimum_days,
        rates=[
            events.BaseRate(phase=phase, category=category, a=rates.a, b=rates.b)
            for (phase, category), rates in edition.coefficients.items()
        ],
        sample=any(rates.origin.sample for rates in edition.coefficients.values()),
    )
