"""Tariff editions, put together from their rows."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.money import Ratio

from .. import tables
from ..domain.tariff import Calibration, Coefficients, Edition, Factor, Origin, Phase, Risk
from ..errors import RateEditionNotFound

Row = TypeVar("Row", bound=tables.Base)


def rate_editions() -> Select[tables.RateEdition]:
    """Select all editions, for paging."""
    return select(tables.RateEdition)


async def rate_edition(tx: AsyncSession, name: str) -> tuple[tables.RateEdition, Edition]:
    """Find one edition: its row, and the edition put together.

    Raises: RateEditionNotFound.
    """
    row = await tx.get(tables.RateEdition, name)
    if row is None:
        raise RateEditionNotFound
    return row, await _whole(tx, row)


async def editions(tx: AsyncSession) -> list[Edition]:
    """Read every edition, put together."""
    return [await _whole(tx, row) for row in await tx.scalars(rate_editions())]


async def _whole(tx: AsyncSession, row: tables.RateEdition) -> Edition:
    rates = await _of(tx, tables.BaseRate, row)
    return Edition(
        name=row.edition,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        minimum_days=row.minimum_days,
        sight_days=row.sight_days,
        rate_decimals=row.rate_decimals,
        factor_decimals=row.factor_decimals,
        coefficients={
            (Phase(it.phase), it.category): Coefficients(Ratio(it.a), Ratio(it.b), origin_of(it))
            for it in rates
        },
        products={
            it.product: Factor(Ratio(it.coefficient), it.product, origin_of(it))
            for it in await _of(tx, tables.ProductCoefficient, row)
        },
        calibrations=_calibrations(await _of(tx, tables.CoverCalibration, row)),
        feeds=_feeds(await _of(tx, tables.ComponentCountry, row)),
    )


async def _of(tx: AsyncSession, kind: type[Row], edition: tables.RateEdition) -> Sequence[Row]:
    """Read the rows of one kind that belong to an edition, in the order of their keys."""
    keys = kind.__table__.primary_key
    statement = select(kind).filter_by(edition=edition.edition).order_by(*keys)
    return (await tx.scalars(statement)).all()


def _calibrations(
    rows: Sequence[tables.CoverCalibration],
) -> dict[Phase, tuple[Calibration, ...]]:
    found: dict[Phase, list[Calibration]] = defaultdict(list)
    for row in rows:
        made_for = Calibration(
            Risk(row.risk), Ratio(row.calibrated_cover), Ratio(row.weight), origin_of(row)
        )
        found[Phase(row.phase)].append(made_for)
    return {phase: tuple(each) for phase, each in found.items()}


def _feeds(rows: Sequence[tables.ComponentCountry]) -> dict[Phase, tuple[str, ...]]:
    found: dict[Phase, list[str]] = defaultdict(list)
    for row in rows:
        found[Phase(row.phase)].append(row.country)
    return {phase: tuple(each) for phase, each in found.items()}


def origin_of(row: tables.Sourced) -> Origin:
    """Say where a row's numbers come from."""
    return Origin(row.source, row.sample)
