"""Many premiums at once: the same yen as one by one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as whenever
from hypothesis import strategies as st

from libs.common.money import Money, Ratio
from services.premium.domain.assessment import (
    Assessed,
    Component,
    NotAssessed,
    assess,
    price,
)
from services.premium.domain.batch import assess_all, price_all
from services.premium.domain.period import Period, PeriodRule
from services.premium.domain.rulebook import Category, ExchangeRate
from services.premium.domain.tariff import Coefficients, Factor, Phase

from . import given


def decimals(places: int, largest: int) -> st.SearchStrategy[Decimal]:
    """Any exact number from zero up to the largest, with so many decimals."""
    return st.integers(0, largest * 10**places).map(lambda units: Decimal(units).scaleb(-places))


def ratios(places: int, largest: int) -> st.SearchStrategy[Ratio]:
    """Any rate or factor up to the largest."""
    return decimals(places, largest).map(Ratio)


def factors(largest: int) -> st.SearchStrategy[Factor]:
    """Any factor of the tariff."""
    return ratios(4, largest).map(lambda value: Factor(value, "", given.LEAFLET))


COMPONENTS = st.builds(
    Component,
    phase=st.sampled_from(Phase),
    amount=decimals(2, 10**13 - 1).map(lambda amount: Money(amount, "USD")),
    exchange=ratios(4, 10**7 - 1).map(lambda ttb: ExchangeRate(ttb, given.ASSUMED)),
    period=st.integers(30, 3_650).map(
        lambda days: Period(PeriodRule.USANCE_DAYS, "", days, days, 1, "20")
    ),
    country_role=st.just("payment_country"),
    country_code=st.just(given.THAILAND),
    category=st.just(Category("D", given.LEAFLET)),
    rates=st.builds(Coefficients, a=ratios(6, 1), b=ratios(3, 9), origin=st.just(given.LEAFLET)),
    cover=factors(2),
    product=factors(1),
    rate_decimals=st.integers(1, 6),
)


@whenever(st.lists(COMPONENTS, max_size=20))
def test_many_at_once_come_to_the_same_yen_as_one_by_one(components: list[Component]) -> None:
    """Given any contracts at all, when they are priced together, then no yen differs."""
    together = price_all(components)

    assert together == [price(component) for component in components]


def test_a_figure_too_fine_for_its_column_is_refused() -> None:
    """Given a rate with more decimals than the column holds, then nothing is quietly cut off."""
    exchange = ExchangeRate(given.ratio("99.80001"), given.LEAFLET)
    component = Component(
        phase=Phase.PRE_SHIPMENT,
        amount=Money(Decimal(1000), "USD"),
        exchange=exchange,
        period=Period(PeriodRule.UNTIL_SHIPMENT, f"{date(2008, 4, 1)}", 60, 60),
        country_role="destination_country",
        country_code=given.THAILAND,
        category=Category("D", given.LEAFLET),
        rates=given.CATEGORY_D[Phase.PRE_SHIPMENT, "D"],
        cover=given.factor("1"),
        product=given.factor("1"),
        rate_decimals=3,
    )

    with pytest.raises(ValueError, match="more decimals"):
        price_all([component])


def test_a_contract_that_cannot_be_priced_does_not_hold_up_the_others() -> None:
    """Given three contracts, when the country of the second has no category, only it is open."""
    nowhere = replace(
        given.TEN_MILLION, countries={"destination_country": "999", "payment_country": "999"}
    )
    contracts = [given.TEN_MILLION, nowhere, given.in_dollars("1000.55")]

    answers = assess_all([(it, given.AS_CALIBRATED) for it in contracts], given.RULEBOOK)

    assert answers == [assess(it, given.AS_CALIBRATED, given.RULEBOOK) for it in contracts]
    assert [type(answer) for answer in answers] == [Assessed, NotAssessed, Assessed]


def test_no_contracts_at_all_is_no_work() -> None:
    """Given an empty batch, then nothing comes out of it."""
    assert assess_all([], given.RULEBOOK) == []
