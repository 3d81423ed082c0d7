"""Premium things to start a story with: a small tariff, agreements and contracts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from libs.common.money import Money, Ratio, yen
from services.premium.domain.assessment import Contract
from services.premium.domain.period import PeriodRule, Settlement, UsanceUnit
from services.premium.domain.rulebook import Category, ExchangeRate, Rulebook, Timeline
from services.premium.domain.tariff import (
    Calibration,
    Coefficients,
    Cover,
    Edition,
    Factor,
    Origin,
    Phase,
    Risk,
)

LEAFLET = Origin("tariff leaflet", sample=False)
ASSUMED = Origin("assumed", sample=True)

CONCLUDED = date(2008, 4, 1)
TARIFF_STARTS = date(2004, 10, 1)
THAILAND, MALAYSIA = "111", "113"


def ratio(text: str) -> Ratio:
    """An exact ratio."""
    return Ratio(Decimal(text))


def factor(text: str) -> Factor:
    """A factor that is printed in the leaflet."""
    return Factor(ratio(text), "", LEAFLET)


AS_CALIBRATED = Cover(ratio("0.80"), ratio("0.80"), ratio("0.975"), ratio("0.90"), LEAFLET)

CATEGORY_D = {
    (Phase.PRE_SHIPMENT, "D"): Coefficients(ratio("0.000304"), ratio("0.128"), LEAFLET),
    (Phase.POST_SHIPMENT, "D"): Coefficients(ratio("0.002317"), ratio("0.048"), LEAFLET),
}

EDITION = Edition(
    name="2004-10",
    valid_from=TARIFF_STARTS,
    valid_to=None,
    minimum_days=30,
    sight_days=30,
    rate_decimals=3,
    factor_decimals=4,
    coefficients=CATEGORY_D,
    products={"INDIVIDUAL": factor("1"), "COMPREHENSIVE": factor("0.30")},
    calibrations={
        Phase.PRE_SHIPMENT: (
            Calibration(Risk.POLITICAL, ratio("0.80"), ratio("0.9"), LEAFLET),
            Calibration(Risk.CREDIT, ratio("0.80"), ratio("0.1"), LEAFLET),
        ),
        Phase.POST_SHIPMENT: (
            Calibration(Risk.POLITICAL, ratio("0.975"), ratio("0.9"), LEAFLET),
            Calibration(Risk.CREDIT, ratio("0.90"), ratio("0.1"), LEAFLET),
        ),
    },
    feeds={
        Phase.PRE_SHIPMENT: ("destination_country",),
        Phase.POST_SHIPMENT: ("guarantee_country", "payment_country"),
    },
)

RULEBOOK = Rulebook(
    editions=Timeline.of([(TARIFF_STARTS, EDITION)]),
    categories={THAILAND: Timeline.of([(TARIFF_STARTS, Category("D", LEAFLET))])},
    exchange_rates={
        "USD": Timeline.of(
            [
                (date(2008, 1, 1), ExchangeRate(ratio("112.35"), ASSUMED)),
                (date(2008, 4, 1), ExchangeRate(ratio("99.80"), ASSUMED)),
            ]
        )
    },
    period_rules={
        "10": PeriodRule.DAYS_30,
        "20": PeriodRule.USANCE_DAYS,
        "21": PeriodRule.USANCE_DAYS_PLUS_30,
        "49": PeriodRule.LS_TO_LP,
        "60": PeriodRule.NONE,
        "70": PeriodRule.LS_TO_MP,
    },
)

AT_SIGHT = Settlement(slot=1, method="10")
DA_90_DAYS = Settlement(1, "20", UsanceUnit.DAYS, 90)

TEN_MILLION = Contract(
    insured_from=CONCLUDED,
    last_shipment=date(2008, 5, 31),
    amounts={Phase.PRE_SHIPMENT: yen(10_000_000), Phase.POST_SHIPMENT: yen(10_000_000)},
    quoted_rate=None,
    countries={"destination_country": THAILAND, "payment_country": THAILAND},
    settlements=(DA_90_DAYS,),
    product="INDIVIDUAL",
)


def in_dollars(amount: str) -> Contract:
    """The contract of ten million, but in dollars."""
    dollars = Money(Decimal(amount), "USD")
    return replace(TEN_MILLION, amounts=dict.fromkeys(Phase, dollars))
