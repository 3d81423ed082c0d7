"""What an estimate is asked about: every place the rulebook is silent on, and no other."""

from dataclasses import replace
from datetime import date

from services.premium.domain.assessment import Assessed, assess
from services.premium.domain.estimate import paid_by, unknown

from . import given


def test_where_all_is_known_nothing_is_named() -> None:
    """Given the worked example, when it is looked through, then it can be priced."""
    assert list(unknown(given.TEN_MILLION, given.RULEBOOK)) == []
    assert isinstance(assess(given.TEN_MILLION, given.AS_CALIBRATED, given.RULEBOOK), Assessed)


def test_the_day_before_the_tariff_began_nothing_else_is_asked() -> None:
    """Given a contract of 30 September 2004, then only its day is named."""
    too_early = replace(given.in_dollars("1000"), insured_from=date(2004, 9, 30))

    assert list(unknown(too_early, given.RULEBOOK)) == ["contract_date"]


def test_a_currency_is_named_unless_its_rate_is_stated() -> None:
    """Given dollars the year before their first rate, then a stated rate is enough."""
    early = replace(given.in_dollars("1000"), insured_from=date(2007, 12, 31))
    stated = replace(early, quoted_rate=given.ratio("110"))

    assert list(unknown(early, given.RULEBOOK)) == ["currency"]
    assert list(unknown(stated, given.RULEBOOK)) == []


def test_each_country_is_named_by_its_role() -> None:
    """Given two countries nobody has graded, then both roles are named."""
    countries = {
        "destination_country": "999",
        "payment_country": given.THAILAND,
        "guarantee_country": "998",
    }

    named = list(unknown(replace(given.TEN_MILLION, countries=countries), given.RULEBOOK))

    assert named == ["destination_country", "guarantee_country"]


def test_each_settlement_is_named_by_its_place() -> None:
    """Given a settlement without its usance between two good ones, then the second is named."""
    no_usance = replace(given.DA_90_DAYS, usance_period=None)
    paid = (given.AT_SIGHT, no_usance, given.DA_90_DAYS)

    named = list(unknown(replace(given.TEN_MILLION, settlements=paid), given.RULEBOOK))

    assert named == ["settlements/1"]


def test_a_product_without_coefficient_is_the_agreements() -> None:
    """Given a product the edition does not know, then the agreement is named."""
    other = replace(given.TEN_MILLION, product="UNHEARD_OF")

    assert list(unknown(other, given.RULEBOOK)) == ["agreement_code"]


def test_a_contract_is_paid_from_where_it_says() -> None:
    """Given a contract that names its payment country, then its buyer's changes nothing."""
    silent = replace(given.TEN_MILLION, countries={"destination_country": given.THAILAND})

    assert paid_by(given.TEN_MILLION, given.MALAYSIA) == given.TEN_MILLION
    assert paid_by(silent, given.MALAYSIA).countries["payment_country"] == given.MALAYSIA
