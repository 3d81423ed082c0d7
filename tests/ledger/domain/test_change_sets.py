"""Change sets: the parts of a branch together, and the reason they give."""

import pytest

from .changing import (
    BY_ILC,
    VALVES,
    change,
    changed,
    contract,
    faults,
    increase,
    restated,
    rules,
    split,
    whole,
)
from .given import GREAT_LAKES, SIAM_VALVE, THAILAND, paid_in_advance

_TERMS = {
    "06": {"shipment_flag": "2", "last_shipment_date": "261130"},
    "10": {"payment_country": THAILAND},
    "11": {"sales_country": THAILAND},
    "12": {"destination_country": THAILAND},
    "13": {"payer_code": SIAM_VALVE},
    "14": {"sales_counterparty_code": SIAM_VALVE},
    "15": {"settlement_flag_1": "2", "usance_period_1": "120"},
    "16": {"settlement_flag_1": "2", "usance_period_1": "60"},
    "17": {"settlement_flag_1": "2", "settlement_method_1": "42"},
    "04": {"goods_hs_code": VALVES},
}


def _split_into(rest: str, part: str, reason: str = "12") -> list[tuple[int, str]]:
    whole_row, part_row = split()
    return faults(
        {**whole_row, **restated(rest), "change_reason": reason},
        {**part_row, **restated(part), "change_reason": reason},
    )


def test_the_parts_add_up_to_the_whole() -> None:
    """Given 250,000 dollars, when the parts miss a cent or have one too much, then L116 refuses."""
    both = [(1, "L116"), (2, "L116")]

    assert _split_into("150000", "100000") == []
    assert _split_into("150000", "99999.99") == both
    assert _split_into("150000", "100000.01") == both


def test_both_amounts_add_up() -> None:
    """Given a split, when only the amounts before shipment differ, then L116 refuses as well."""
    rest, part = split(pre_shipment_amount="99999.99")

    assert faults(rest, part) == [(1, "L116"), (2, "L116")]


def test_the_branch_that_is_split_is_restated() -> None:
    """Given a part alone, when the original branch keeps all, then L116 refuses."""
    _, part = split()

    assert rules(part) == ["L116"]


def test_several_parts_are_one_set() -> None:
    """Given two parts of 50,000 each, when the rest is 150,000, then nobody minds."""
    rest, part = split()
    halves = [{**part, **restated("50000"), "branch_number": number} for number in ("01", "02")]

    assert faults(rest, *halves) == []
    assert faults(rest, halves[0]) == [(1, "L116"), (2, "L116")]


def test_a_change_of_one_branch_keeps_its_amounts() -> None:
    """Given a change of goods, when the amounts change as well, then L116 refuses."""
    assert rules(change(**restated("249999.99"))) == ["L116"]
    assert rules(change(**restated("250000"))) == []


def test_the_parts_of_other_branches_are_sets_of_their_own() -> None:
    """Given two branches, when only one is split rightly, then L116 names the rows of the other."""
    states = contract(whole(branch_number="00"), whole(branch_number="01"))
    rest, part = split()
    other = {**part, "branch_number": "03", "original_branch_number": "01"}
    rows = ({**rest}, {**part, "branch_number": "02"}, {**rest, "branch_number": "01"}, other)
    wrong = {**other, **restated("1")}

    assert faults(*rows, states=states) == []
    assert faults(*rows[:3], wrong, states=states) == [
        (1, "L133"),
        (2, "L133"),
        (3, "L116"),
        (4, "L116"),
    ]


def test_the_parts_give_one_reason() -> None:
    """Given a split, when its rows give different reasons, then L116 refuses both."""
    rest, part = split()

    assert faults(rest, {**part, "change_reason": "06"}) == [(1, "L116"), (2, "L116")]


@pytest.mark.parametrize("reason", ["03", "99"])
def test_two_reasons_are_free_to_alter_the_total(reason: str) -> None:
    """Given a change of currency or another reason, when the total changes, then L116 is silent."""
    more = {**restated("260000"), "currency_code": "000"} if reason == "03" else restated("260000")

    assert rules(changed(reason, **more)) == []


def test_a_reduction_reduces() -> None:
    """Given 250,000 dollars, when a reduction leaves all of it or more, then L117 refuses."""
    assert rules(changed("02", **restated("249999.99"))) == []
    assert rules(changed("02", **restated("250000"))) == ["L117"]
    assert rules(changed("02", **restated("250000.01"))) == ["L117"]


def test_no_amount_rises_in_a_reduction() -> None:
    """Given a reduction, when one amount falls and the other rises, then L117 refuses."""
    falls = restated("240000")

    assert rules(changed("02", **{**falls, "pre_shipment_amount": "250000"})) == ["L065"]
    assert "L117" in rules(changed("02", **{**falls, "pre_shipment_amount": "250000.01"}))


def test_a_reduction_with_a_split_falls_in_all() -> None:
    """Given a reduction in two parts, when their sum falls, then it is one; else L117."""
    assert _split_into("150000", "50000", reason="02") == []
    assert _split_into("150000", "100000", reason="02") == [(1, "L117"), (2, "L117")]


def test_an_amount_that_cannot_be_read_is_no_wrong_sum() -> None:
    """Given a broken amount, when the parts are added up, then only L024 and L133 speak."""
    assert _split_into("150,000", "100000") == [(1, "L024"), (2, "L133")]


def test_a_contract_paid_in_advance_is_split_by_what_is_shipped() -> None:
    """Given payment in advance, when it is split, then only the amounts before shipment count."""
    states = contract(paid_in_advance(pre_shipment_amount="250000.00"))
    before = {"shipment_flag": "2", "contract_principal": "125000", "pre_shipment_amount": "125000"}
    part = {"branch_number": "01", "original_branch_number": "00", "destination_country": THAILAND}

    rows = changed("12", **before), changed("12", **before, **part)

    assert faults(*rows, states=states) == []


def test_increases_do_not_count_as_parts() -> None:
    """Given a split and an increase in one file, when the parts add up, then nobody minds."""
    assert faults(*split(), increase(branch_number="02")) == []


@pytest.mark.parametrize("reason", _TERMS)
def test_a_reason_goes_with_what_changes(reason: str) -> None:
    """Given what belongs to a reason, when another one is given, then L129 warns."""
    other = "04" if reason != "04" else "12"

    assert "L129" not in rules(changed(reason, **_TERMS[reason]))
    assert "L129" in rules(changed(other, **_TERMS[reason]))


def test_the_reason_may_hold_for_one_part_only() -> None:
    """Given a split for another destination, when only the part has it, then L129 is silent."""
    assert faults(*split()) == []


def test_any_change_may_be_another_one() -> None:
    """Given reason 99, when anything changes, then L129 is silent."""
    assert rules(changed("99", **_TERMS["12"])) == []


def test_currency_and_form_have_reasons_of_their_own() -> None:
    """Given reasons 03 and 05, when neither currency nor form changes, then L129 warns."""
    same = restated("250000", currency_code="001", goods_hs_code=VALVES)

    assert rules(changed("03", **same)) == ["L129"]
    assert rules(changed("05", goods_hs_code=VALVES)) == ["L129"]
    intermediary = {
        "contract_form": "15",
        "purchase_country": THAILAND,
        "loading_country": THAILAND,
    }
    assert rules(changed("05", **intermediary)) == []


def test_a_guarantor_changes_for_the_reason_of_the_payer() -> None:
    """Given an ILC, when another bank stands in, then reasons 10 and 13 are right."""
    states = contract(whole(**BY_ILC))

    other = changed("13", guarantor_code=GREAT_LAKES, guarantee_country="304")

    assert rules(other, states=states) == []
    assert rules({**other, "change_reason": "10"}, states=states) == []
