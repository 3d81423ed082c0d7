"""Significant changes: what must be notified, and until when."""

from typing import Any

import polars as pl
import pytest

from .changing import (
    BY_ILC,
    VALVES,
    after,
    change,
    changed,
    contract,
    correction,
    heard,
    increase,
    resettled,
    restated,
    result,
    split,
    whole,
)
from .given import GREAT_LAKES, SIAM_VALVE, THAILAND, USA, YEN, Application


def _significant(request: Application, **circumstances: Any) -> list[int]:
    found: list[int] = result(request, **circumstances)["significant_items"]
    return found


def _on_a_due_date(method: str, due: str = "270226") -> pl.DataFrame:
    no_usance = dict.fromkeys(("usance_unit_1", "usance_period_1"))
    return contract(whole(**no_usance, settlement_method_1=method, due_date_1=due))


def _settled(**items: str | None) -> Application:
    return changed("15", **resettled(**items))


def test_a_shipment_postponed_by_more_than_three_months() -> None:
    """Given a shipment on 30 October, when it becomes 31 January, then it is item 1."""
    later = {"shipment_flag": "2", "last_shipment_date": "270130"}

    assert _significant(changed("06", **later)) == []
    assert _significant(changed("06", **{**later, "last_shipment_date": "270131"})) == [1]
    assert _significant(changed("99", **{**later, "last_shipment_date": "260901"})) == []


@pytest.mark.parametrize(
    "terms",
    [
        {"usance_period_1": "91"},
        {"usance_period_1": "89"},
        {"usance_unit_1": "1", "usance_period_1": "3"},
        {"settlement_method_1": "42"},
        {"payment_guarantee_code_1": "10"},
    ],
    ids=str,
)
def test_other_terms_of_settlement(terms: dict[str, str]) -> None:
    """Given a usance, when method, usance or guarantee change either way, then it is item 2."""
    assert _significant(_settled(**terms)) == [2]


def test_another_currency() -> None:
    """Given dollars, when they become yen, then it is item 2."""
    assert _significant(changed("03", **restated("36000000", currency_code=YEN))) == [2]


def test_a_later_due_date_of_the_contract() -> None:
    """Given a due date, when it is a day later, then it is item 2; when it is earlier, nothing."""
    states = _on_a_due_date("49")

    assert _significant(_settled(due_date_1="270227"), states=states) == [2]
    assert _significant(_settled(due_date_1="270225"), states=states) == []


@pytest.mark.parametrize("method", ["70", "71"])
def test_a_retention_held_for_more_than_six_months(method: str) -> None:
    """Given a retention until 26 February, when it becomes 27 August, then it is item 3."""
    states = _on_a_due_date(method)

    assert _significant(_settled(due_date_1="270826"), states=states) == []
    assert _significant(_settled(due_date_1="270827"), states=states) == [3]


@pytest.mark.parametrize("method", ["73", "75"])
def test_a_milestone_moved_by_more_than_three_months(method: str) -> None:
    """Given a milestone on 26 February, when it becomes 27 May, then it is item 4."""
    states = _on_a_due_date(method)

    assert _significant(_settled(due_date_1="270526"), states=states) == []
    assert _significant(_settled(due_date_1="270527"), states=states) == [4]


def test_another_party() -> None:
    """Given payer and counterparty, when either changes, then it is item 5."""
    assert _significant(changed("13", payer_code=SIAM_VALVE)) == [5]
    assert _significant(changed("14", sales_counterparty_code=SIAM_VALVE)) == [5]
    assert _significant(changed("11", sales_country=THAILAND)) == []


def test_another_bank_of_the_letter_of_credit() -> None:
    """Given an ILC, when bank or country change, then items 5 and 6; when it goes, item 2."""
    states = contract(whole(**BY_ILC))
    gone = {
        "settlement_method_1": "40",
        "payment_guarantee_code_1": "-",
        "guarantee_country": "-",
        "guarantor_code": "-",
    }

    assert _significant(changed("13", guarantor_code=GREAT_LAKES), states=states) == [5]
    assert _significant(changed("10", guarantee_country=USA), states=states) == [6]
    assert _significant(changed("17", settlement_flag_1="2", **gone), states=states) == [2]


def test_another_country() -> None:
    """Given destination and payment country, when either changes, then it is item 6."""
    assert _significant(changed("12", destination_country=THAILAND)) == [6]
    assert _significant(changed("10", payment_country=THAILAND)) == [6]


def test_other_goods() -> None:
    """Given machines, when they become valves, then it is item 7."""
    assert _significant(change(goods_hs_code=VALVES)) == [7]


def _in_yen(principal: str) -> pl.DataFrame:
    amounts = ("contract_principal", "pre_shipment_amount", "post_shipment_amount")
    said = dict.fromkeys((*amounts, "settlement_principal_1"), principal)
    return contract(whole(currency_code=YEN, **said))


def test_an_increase_of_the_least_that_counts() -> None:
    """Given 10 million yen and a least increase of 1 million, when a yen less, then no item 8."""
    states = _in_yen("10000000")

    assert _significant(increase("1000000", currency_code=YEN), states=states) == [8]
    assert _significant(increase("999999", currency_code=YEN), states=states) == []


def test_an_increase_of_five_percent() -> None:
    """Given 100 million yen, when 5 million are added, then item 8; when a yen less, nothing."""
    states = _in_yen("100000000")

    assert _significant(increase("5000000", currency_code=YEN), states=states) == [8]
    assert _significant(increase("4999999", currency_code=YEN), states=states) == []


def test_increases_add_up() -> None:
    """Given an increase of 3 million before, when 2 million come, then they are 5% together."""
    states = after(_in_yen("100000000"), increase("3000000", currency_code=YEN))
    second = increase("2000000", currency_code=YEN, branch_number="02")

    assert _significant(second, states=states) == [8]
    assert _significant(second, states=_in_yen("100000000")) == []


def test_increases_of_one_file_add_up() -> None:
    """Given two increases in one file, when they are 5% together, then both are item 8."""
    half = increase("2500000", currency_code=YEN)
    both = half, {**half, "branch_number": "02"}

    accepted = heard(*both, states=_in_yen("100000000")).accepted

    assert accepted["significant_items"].to_list() == [[8], [8]]


def test_an_increase_in_another_currency_is_put_in_yen_by_its_rate() -> None:
    """Given 250,000 dollars, when 12,500 are added, then the rate tells whether it is enough."""
    assert _significant(increase("12500", exchange_rate="80")) == [8]
    assert _significant(increase("12500", exchange_rate="79.9999")) == []
    assert _significant(increase("12499.99", exchange_rate="100")) == []


def test_without_a_rate_an_increase_may_be_enough() -> None:
    """Given an increase in dollars, when no rate is told, then the percentage alone decides."""
    assert _significant(increase("12500")) == [8]
    assert _significant(increase("12499.99")) == []


def test_a_raise_by_another_reason_counts_as_well() -> None:
    """Given reason 99, when the principal rises by 5%, then it is item 8, too."""
    assert _significant(changed("99", **restated("262500"))) == [8]
    assert _significant(changed("99", **restated("262499.99"))) == []
    assert result(*split())["significant_items"] == [6]


def test_a_principal_that_is_not_restated_raises_nothing() -> None:
    """Given a split without restated principals, when accepted, then nothing has been raised."""
    rest, part = split(contract_principal=None)

    accepted = heard({**rest, "contract_principal": None}, part).accepted

    assert accepted["significant_items"].to_list() == [[], [6]]


def test_corrections_are_not_notified() -> None:
    """Given a correction of the goods, when accepted, then it is not significant."""
    corrected = result(correction("3"))

    assert (corrected["significant_items"], corrected["notify_by"]) == ([], None)
    assert corrected["late_notification"] is False
