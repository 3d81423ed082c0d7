"""The terms of an invoice: when it is due, what it is called, and whether it is a sample."""

from dataclasses import replace
from datetime import date

import pytest

from libs.common.money import yen
from services.premium.domain.invoice import (
    Asked,
    ReturnedPremium,
    Terms,
    due_on,
    invoice_number,
    is_sample,
)

from . import given

NOVEMBER_30 = date(2026, 11, 30)
TERMS = Terms(
    payment_day=20,
    issue_day_counts=True,
    returned_premium=ReturnedPremium.WHOLE_DIFFERENCE,
    payment_origin=given.LEAFLET,
    return_origin=given.ASSUMED,
)


def test_the_day_of_issue_is_the_first_of_twenty() -> None:
    """Given an invoice of 30 November, then the 20th day is 19 December."""
    assert due_on(yen(1), NOVEMBER_30, TERMS) == date(2026, 12, 19)


def test_where_the_day_of_issue_does_not_count_it_is_a_day_later() -> None:
    """Given terms that count from the next day, then 20 December is the 20th."""
    terms = replace(TERMS, issue_day_counts=False)

    assert due_on(yen(1), NOVEMBER_30, terms) == date(2026, 12, 20)


@pytest.mark.parametrize("total", [0, -1])
def test_where_nothing_is_owed_there_is_no_day(total: int) -> None:
    """Given a total of nothing, or one that is given back, then no day is named."""
    assert due_on(yen(total), NOVEMBER_30, TERMS) is None


@pytest.mark.parametrize(
    ("issued_on", "number"),
    [
        (date(2027, 3, 31), "045012300-2026-00007"),
        (date(2027, 4, 1), "045012300-2027-00007"),
    ],
)
def test_numbers_begin_anew_with_the_fiscal_year(issued_on: date, number: str) -> None:
    """Given the last and the first day of a fiscal year, then their numbers name their years."""
    assert invoice_number("045012300", issued_on, 7) == number


@pytest.mark.parametrize(
    ("of_premium", "gives_back", "sample"),
    [(False, False, False), (True, False, True), (False, True, True)],
)
def test_an_assumed_figure_makes_a_sample(
    *, of_premium: bool, gives_back: bool, sample: bool
) -> None:
    """Given a premium, or a return of it, that rests on what we assumed, then it is a sample."""
    assert is_sample(Asked(yen(1), of_premium, gives_back), TERMS) is sample


def test_assumed_terms_make_a_sample() -> None:
    """Given terms of payment that are assumed, then every invoice under them is a sample."""
    terms = replace(TERMS, payment_origin=given.ASSUMED)

    assert is_sample(Asked(yen(1), sample=False, gives_back=False), terms)
