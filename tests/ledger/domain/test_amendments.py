"""Amendments: numbers, flags and amounts of a change against the state it addresses."""

import polars as pl
import pytest

from .changing import (
    VALVES,
    after,
    change,
    changed,
    contract,
    correction,
    faults,
    heard,
    increase,
    items,
    restated,
    rules,
    split,
    whole,
)
from .given import THAILAND, YEN

_NEEDED = {
    "contract_form": 13,
    "contract_date": 14,
    "contract_number": 19,
    "contract_principal": 20,
    "currency_code": 23,
    "goods_hs_code": 25,
    "delivery_terms": 26,
    "destination_country": 28,
    "payment_country": 29,
    "payer_code": 30,
    "last_shipment_date": 39,
    "pre_shipment_amount": 40,
}
_SETTLEMENT = ("settlement_method_1", "usance_unit_1", "usance_period_1", "settlement_principal_1")


@pytest.mark.parametrize(("name", "number"), _NEEDED.items())
def test_an_increase_has_all_that_an_application_needs(name: str, number: int) -> None:
    """Given an increase, when such an item is blank, then L110 names just that one."""
    assert items(increase(**{name: None})) == [("L110", [number])]


@pytest.mark.parametrize("insured", ["1", "0", None])
def test_an_increase_settles_something(insured: str | None) -> None:
    """Given an increase, when it names no settlement at all, then L110 asks for a method only."""
    nothing = increase(post_shipment_amount=insured, **dict.fromkeys(_SETTLEMENT))

    assert items(nothing) == [("L110", [43])]


def test_an_increase_is_over_something() -> None:
    """Given an increase, when it is over nothing, then L066 refuses."""
    assert items(increase("0")) == [("L066", [20]), ("L066", [40])]


@pytest.mark.parametrize("number", ["00", "02", "99"])
def test_a_change_has_the_next_number_of_its_branch(number: str) -> None:
    """Given history 00, when a change calls itself other than 01, then L111 tells which it is."""
    assert rules(change(history_number="01")) == []

    [finding] = heard(change(history_number=number)).findings.to_dicts()
    assert (finding["rule"], finding["params"]) == ("L111", '{"expected": "01"}')


def test_a_new_branch_begins_with_00() -> None:
    """Given an increase, when its history is 00, then it is good; 01 is L111."""
    assert rules(increase(history_number="00")) == []
    assert items(increase(history_number="01")) == [("L111", [7])]


def test_numbers_of_histories_have_two_digits() -> None:
    """Given history 98, when changed, then 99 comes; after that, L111 refuses any change."""
    states = contract().with_columns(history_number=pl.lit("98"))
    last = contract().with_columns(history_number=pl.lit("99"))

    assert heard(change(), states=states).accepted["history_number"].to_list() == ["99"]
    assert rules(change(), states=last) == ["L111"]


def test_new_branches_are_numbered_on() -> None:
    """Given branch 00, when an increase is branch 02, then L115 warns; 01 and 02 are good."""
    assert items(increase(branch_number="02")) == [("L115", [6])]
    assert faults(increase(branch_number="01"), increase(branch_number="02")) == []
    assert faults(increase(branch_number="01"), increase(branch_number="03")) == [(2, "L115")]


def test_a_change_of_currency_restates_everything() -> None:
    """Given another currency, when one of the amounts is blank, then L119 names it."""
    in_yen = restated("36000000", currency_code=YEN)
    names = {
        "currency_code": 23,
        "pre_shipment_amount": 40,
        "post_shipment_amount": 41,
        "settlement_principal_1": 48,
    }

    assert rules(changed("03", **in_yen)) == []
    for name, number in names.items():
        assert ("L119", [number]) in items(changed("03", **{**in_yen, name: None}))


def test_payment_in_advance_has_less_to_restate() -> None:
    """Given payment in advance, when the currency changes, then nothing is due afterwards."""
    advance = {**dict.fromkeys(_SETTLEMENT), "settlement_method_1": "60"}
    states = contract(whole(**advance, post_shipment_amount=None))
    in_yen = {"contract_principal": "36000000", "pre_shipment_amount": "36000000"}

    request = changed("03", shipment_flag="2", currency_code=YEN, **in_yen)

    assert rules(request, states=states) == []


def test_other_reasons_restate_nothing() -> None:
    """Given a change of goods, when no amount is restated, then L119 has nothing to say."""
    assert rules(change()) == []


def test_what_is_there_is_not_added() -> None:
    """Given a shipment and a settlement, when they are to be added, then L126 refuses."""
    later = {"last_shipment_date": "261130"}

    assert items(changed("06", shipment_flag="3", **later)) == [("L126", [37])]
    assert items(changed("15", settlement_flag_1="3", usance_period_1="120")) == [("L126", [42])]


@pytest.mark.parametrize("flag", ["1", "2"])
def test_what_is_not_there_is_not_modified(flag: str) -> None:
    """Given one settlement, when the second is modified or deleted, then L126 refuses."""
    said = {} if flag == "1" else {"settlement_interest_2": "1"}

    assert ("L126", [42]) in items(changed("15", settlement_flag_2=flag, **said))


@pytest.mark.parametrize("flag", ["1", "2"])
def test_an_increase_only_adds(flag: str) -> None:
    """Given an increase, when its flags modify or delete, then L126 refuses both."""
    found = items(increase(shipment_flag=flag, settlement_flag_1=flag))

    assert [entry for entry in found if entry[0] == "L126"] == [("L126", [37]), ("L126", [42])]


def test_nothing_is_no_change() -> None:
    """Given what is known already, when it is asked for, then L128 refuses."""
    same = {"destination_country": "304", "contract_number": "TKT-26-E01"}

    assert items(changed("12", **same)) == [("L128", [1])]
    assert items(correction("3", goods_hs_code="847989")) == [("L128", [1])]
    assert rules(changed("12", **{**same, "destination_country": THAILAND})) == []


def test_another_way_to_write_it_is_no_change() -> None:
    """Given the amounts and the payer, when they are written differently, then L128 refuses."""
    same = restated("250000", payer_code="334455-0")

    assert rules(changed("99", **same)) == ["L128"]


def test_what_is_refused_anyway_is_not_called_no_change() -> None:
    """Given a request that changes nothing, when it has an error, then L128 is silent."""
    assert rules(changed("12", delivery_terms="8")) == ["L025"]


def test_a_part_of_the_amounts_needs_the_whole_restated() -> None:
    """Given a reduction, when the contract amount is blank, then L136 warns and it stays."""
    less = restated("200000", contract_principal=None)

    [finding] = heard(changed("02", **less)).findings.to_dicts()

    assert (finding["rule"], finding["severity"], finding["item_nos"]) == ("L136", "WARNING", [20])
    assert rules(changed("02", **restated("200000"))) == []


def test_a_principal_left_alone_is_not_compared() -> None:
    """Given amounts raised above the contract's, when it is left blank, then only L136 speaks."""
    more = restated("300000", contract_principal=None)

    assert rules(changed("99", **more)) == ["L136"]
    assert "L064" in rules(changed("99", **{**more, "contract_principal": "250000"}))


def test_a_correction_need_not_restate() -> None:
    """Given a correction of amounts, when the contract amount is blank, then nobody minds."""
    less = restated("200000", contract_principal=None)

    assert rules(correction("3", **less)) == []


def test_without_shipment_there_is_nothing_to_settle() -> None:
    """Given a shipment to be deleted, when a settlement stays, then L139 refuses."""
    kept = changed("02", contract_principal="0", shipment_flag="1")

    assert ("L139", [37, 42]) in items(kept)
    assert rules({**kept, "settlement_flag_1": "1"}) == []


def test_goods_can_be_changed_again_and_again() -> None:
    """Given a change of goods, when they change back, then that is a change like any other."""
    states = after(contract(), change())

    assert rules(change(goods_hs_code="847989"), states=states) == []
    assert rules(change(goods_hs_code=VALVES), states=states) == ["L128"]


def test_a_split_has_good_numbers() -> None:
    """Given a split, when both rows number their histories, then 01 and 00 are right."""
    rest, part = split(history_number="00")

    assert faults({**rest, "history_number": "01"}, part) == []
    assert (2, "L111") in faults(rest, {**part, "history_number": "01"})
