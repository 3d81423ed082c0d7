"""The statement of a premium: every figure with its formula and its source."""

from dataclasses import replace

from services.premium.domain.assessment import Assessed, assess
from services.premium.domain.explanation import Step, explain
from services.premium.domain.tariff import Phase

from . import given


def statement(phase: Phase | None = None) -> dict[str, Step]:
    """Give the statement of the worked example in dollars, by the code of its lines."""
    answer = assess(given.in_dollars("100000"), given.AS_CALIBRATED, given.RULEBOOK)
    assert isinstance(answer, Assessed)
    return {step.code: step for step in explain(answer) if step.phase is phase}


def test_a_reader_can_work_the_premium_out_again() -> None:
    """Given the lines before shipment, then each formula leads to the figure of its line."""
    lines = statement(Phase.PRE_SHIPMENT)

    assert {code: (line.formula, line.figure) for code, line in lines.items()} == {
        "EXCHANGE_RATE": ("", "99.8"),
        "INSURED": ("100000.00 USD × 99.8", "9980000"),
        "PERIOD": ("2008-04-01 → 2008-05-31 = 60", "60"),
        "CATEGORY": ("destination_country 111", "D"),
        "DAILY_RATE": ("", "0.000304"),
        "LEAST_RATE": ("", "0.128"),
        "BASE_RATE": ("0.000304 × 60 + 0.128 = 0.14624", "0.146"),
        "COVER_ADJUSTMENT": ("0.9 × 0.8 ÷ 0.8 + 0.1 × 0.8 ÷ 0.8", "1"),
        "PRODUCT": ("", "1"),
        "PART": ("9980000 × 0.146 % × 1 × 1", "14570"),
    }


def test_the_last_line_adds_the_parts_up() -> None:
    """Given both phases, then the total is their sum."""
    total = statement()["TOTAL"]

    assert (total.formula, total.figure) == ("14570 + 25648", "40218")


def test_each_line_says_on_whose_word_it_stands() -> None:
    """Given an assumed exchange rate and a printed daily rate, then only the first is a sample."""
    lines = statement(Phase.POST_SHIPMENT)

    assert (lines["EXCHANGE_RATE"].source, lines["EXCHANGE_RATE"].sample) == ("assumed", True)
    assert (lines["DAILY_RATE"].source, lines["DAILY_RATE"].sample) == ("tariff leaflet", False)


def test_the_least_days_are_explained() -> None:
    """Given a settlement at sight after a short wait, then the line says at least thirty days."""
    soon = replace(given.TEN_MILLION, last_shipment=given.CONCLUDED)
    answer = assess(soon, given.AS_CALIBRATED, given.RULEBOOK)

    assert isinstance(answer, Assessed)
    period = next(step for step in explain(answer) if step.code == "PERIOD")
    assert period.formula == "2008-04-01 → 2008-04-01 = 0, at least 30"


def test_a_premium_of_nothing_is_explained_too() -> None:
    """Given a contract reduced to zero, then its statement is one line."""
    steps = explain(Assessed(edition="2004-10", parts=()))

    assert [(step.code, step.formula, step.figure) for step in steps] == [("TOTAL", "0", "0")]
