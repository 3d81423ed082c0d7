"""The rulebook as it stands in the tables, read for one batch of contracts."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.money import Ratio

from .. import tables
from ..domain.period import PeriodRule
from ..domain.rulebook import Category, ExchangeRate, Rulebook, Timeline
from ..domain.tariff import Cover
from .editions import editions, origin_of

SETTLEMENT_METHODS = "settlement_methods"


async def rulebook(
    tx: AsyncSession, countries: Collection[str], currencies: Collection[str]
) -> Rulebook:
    """Read what contracts with these countries and currencies are priced from."""
    return Rulebook(
        editions=Timeline.of([(edition.valid_from, edition) for edition in await editions(tx)]),
        categories=await _categories(tx, countries),
        exchange_rates=await _exchange_rates(tx, currencies),
        settlement_rules=await _settlement_rules(tx),
    )


async def covers(tx: AsyncSession, agreement_codes: Collection[str]) -> Mapping[str, Cover]:
    """Read the cover ratios of the caller's special agreements, as far as they are known."""
    kept = tables.AgreementCover
    rows = await tx.scalars(select(kept).where(kept.agreement_code.in_(agreement_codes)))
    return {row.agreement_code: _cover(row) for row in rows}


async def holder_name(tx: AsyncSession, agreement_code: str) -> str | None:
    """Read who holds a special agreement, as far as it was told."""
    kept = tables.AgreementCover
    name = select(kept.holder_name_ja).where(kept.agreement_code == agreement_code)
    return await tx.scalar(name)


def _cover(row: tables.AgreementCover) -> Cover:
    return Cover(
        Ratio(row.pre_shipment_political),
        Ratio(row.pre_shipment_credit),
        Ratio(row.post_shipment_political),
        Ratio(row.post_shipment_credit),
        origin_of(row),
    )


async def _categories(
    tx: AsyncSession, countries: Collection[str]
) -> Mapping[str, Timeline[Category]]:
    grades = tables.CountryCategory
    found: dict[str, list[tuple[date, Category]]] = defaultdict(list)
    for row in await tx.scalars(select(grades).where(grades.country_code.in_(countries))):
        found[row.country_code].append((row.valid_from, Category(row.category, origin_of(row))))
    return {country: Timeline.of(rows) for country, rows in found.items()}


async def _exchange_rates(
    tx: AsyncSession, currencies: Collection[str]
) -> Mapping[str, Timeline[ExchangeRate]]:
    rates = tables.ExchangeRate
    found: dict[str, list[tuple[date, ExchangeRate]]] = defaultdict(list)
    for row in await tx.scalars(select(rates).where(rates.currency.in_(currencies))):
        rate = ExchangeRate(Ratio(row.ttb), origin_of(row))
        found[row.currency].append((row.valid_from, rate))
    return {currency: Timeline.of(rows) for currency, rows in found.items()}


async def _settlement_rules(tx: AsyncSession) -> Timeline[Mapping[str, PeriodRule]]:
    """Read how each settlement's period is counted, in every version of the table."""
    version, code = tables.CodeTableVersion, tables.Code
    rows = await tx.execute(
        select(version.version, version.valid_from, code.code, code.attributes["ls_rule"].astext)
        .join(code, (code.name == version.name) & (code.version == version.version))
        .where(version.name == SETTLEMENT_METHODS)
        .order_by(version.version)
    )
    rules: dict[tuple[int, date], dict[str, PeriodRule]] = defaultdict(dict)
    for number, valid_from, method, rule in rows:
        rules[number, valid_from][method] = PeriodRule(rule)
    # In the order of versions: of two that begin on one day the later one counts.
    return Timeline.of([(valid_from, each) for (_, valid_from), each in rules.items()])
