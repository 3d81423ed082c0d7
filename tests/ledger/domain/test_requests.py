"""Requests by themselves: what a change must say, and what it must not."""

import pytest

from services.ledger.domain.layout import CHANGES, Column
from services.ledger.domain.rules.requests import ALWAYS_NEEDED

from .changing import (
    VALVES,
    cancellation,
    change,
    changed,
    contract,
    correction,
    faults,
    heard,
    increase,
    items,
    rules,
    whole,
)
from .given import THAILAND

NOT_FINAL = contract(finalised=False)
_CLEARABLE = [9, 10, 11, 16, 21, 22, 24, 27, 31, 32, 33, 34, 38, 41, 44, 45, 46, 47, 49]
_OF_ONE_SLOT = CHANGES.where(lambda column: column.slot in (None, 1))


def test_good_requests_are_not_found_fault_with() -> None:
    """Given a contract, when good requests of every kind are judged, then no rule speaks."""
    assert rules(change()) == rules(increase()) == rules(correction("3")) == []
    assert rules(correction(), states=NOT_FINAL) == rules(cancellation(), states=NOT_FINAL) == []


@pytest.mark.parametrize("text", ["1", "6", "0", "x", "２"])
def test_a_request_is_of_one_of_four_types(text: str) -> None:
    """Given a request, when its processing type is not 2 to 5, then L100 refuses."""
    assert items(change(processing_type=text)) == [("L100", [1])]


@pytest.mark.parametrize("name", ALWAYS_NEEDED)
def test_some_items_are_always_needed(name: str) -> None:
    """Given requests of each type, when such an item is blank, then L109 names it."""
    number = CHANGES[name].item_no

    for good in (change(), correction(), cancellation()):
        assert ("L109", [number]) in items({**good, name: None}, states=NOT_FINAL)


@pytest.mark.parametrize(("name", "number"), [("contract_change_date", 15), ("change_reason", 17)])
def test_a_change_has_a_day_and_a_reason(name: str, number: int) -> None:
    """Given a change, when its day or its reason is blank, then L109 names it."""
    assert items(change(**{name: None})) == [("L109", [number])]
    assert items(correction("3", **{name: None})) == []


def test_a_cancellation_says_which_history() -> None:
    """Given a cancellation, when the history number is blank, then L104 asks for it."""
    assert items(cancellation(history_number=None), states=NOT_FINAL) == [("L104", [7])]


def test_a_correction_without_number_means_the_latest_history() -> None:
    """Given a correction, when the history number is blank, then the latest one is corrected."""
    [result] = heard(correction("3")).accepted.to_dicts()

    assert (result["history_number"], result["revision"]) == ("00", 1)


def test_items_of_the_record_are_written_as_in_an_application() -> None:
    """Given a change, when items are badly written, then the rules of syntax name them."""
    bad = change(payer_code="334455", contract_number="x" * 31, usance_period_1="0")

    assert items(bad)[:2] == [("L021", [30]), ("L022", [19])]
    assert ("L076", [46]) in items(bad)
    assert items(change(goods_hs_code="000000")) == [("L025", [25])]
    assert items(change(change_reason="07")) == [("L025", [17])]
    assert items(change(payer_code="9998881")) == [("L042", [30])]
    assert items(change(other_insurance_flag="0")) == [("L026", [22])]
    assert items(change(branch_office_code="11"))[0] == ("L030", [2])
    assert items(change(contract_date="260230")) == [("L023", [14])]
    assert items(change(exchange_rate="1,5")) == [("L024", [24])]


def test_a_day_of_application_is_the_day_of_receipt() -> None:
    """Given a change received on the 10th, when dated the 9th, then L053 warns."""
    assert items(change(application_date="260909")) == [("L053", [12])]


def test_a_first_shipment_is_not_needed() -> None:
    """Given a change of shipment, when a first shipment is named, then L055 warns."""
    assert ("L055", [38]) in items(change(shipment_flag="2", first_shipment_date="261001"))


def test_one_branch_is_changed_once_in_a_file() -> None:
    """Given two changes of branch 00, blank or written, when judged, then L035 refuses both."""
    again = changed("12", branch_number="00", destination_country=THAILAND)

    assert faults(change(), again) == [(1, "L035"), (2, "L035")]


def test_one_branch_may_be_corrected_and_changed_in_a_file() -> None:
    """Given a correction and a change of branch 00, when judged, then neither is in the way."""
    assert faults(correction("3"), change(goods_hs_code="841370")) == []


def test_other_contracts_are_changed_beside_it() -> None:
    """Given branch 00 of two contracts, when both are changed, then that is no repetition."""
    assert faults(change(), change(serial_number="000502")) == [(2, "L101")]


@pytest.mark.parametrize("text", ["0", "4", "x", "２"])
def test_a_flag_deletes_modifies_or_adds(text: str) -> None:
    """Given flags, when they are not 1, 2 or 3, then L120 refuses."""
    assert ("L120", [37]) in items(change(shipment_flag=text))
    assert ("L120", [42]) in items(change(settlement_flag_2=text))


def test_the_shipment_needs_its_flag() -> None:
    """Given another last shipment, when its flag is blank, then L121 asks for it."""
    later = {"last_shipment_date": "261130"}

    assert items(changed("06", **later)) == [("L121", [37])]
    assert items(changed("06", shipment_flag="2", **later)) == []


def test_an_emptied_item_needs_the_flag_too() -> None:
    """Given a first shipment that is emptied, when the flag is blank, then L121 asks for it."""
    assert items(change(first_shipment_date="-")) == [("L121", [37])]


def test_a_flag_of_the_shipment_says_something() -> None:
    """Given the flag to modify or add, when no item of the shipment is filled, then L122."""
    assert items(change(shipment_flag="2")) == [("L122", [37])]
    assert ("L122", [37]) in items(change(shipment_flag="3"))


@pytest.mark.parametrize(
    ("flag", "name", "number"),
    [
        ("shipment_flag", "last_shipment_date", 39),
        ("shipment_flag", "pre_shipment_amount", 40),
        ("settlement_flag_1", "settlement_method_1", 43),
        ("settlement_flag_1", "settlement_interest_1", 49),
    ],
)
def test_nothing_is_said_of_what_is_deleted(flag: str, name: str, number: int) -> None:
    """Given a block to be deleted, when one of its items is filled, then L123 names it."""
    text = {39: "261030", 43: "41"}.get(number, "1000")

    assert ("L123", [number]) in items(changed("02", **{flag: "1", name: text}))


def test_a_settlement_needs_its_flag() -> None:
    """Given another usance in the first slot, when its flag is blank, then L124 asks for it."""
    shorter = {"usance_period_1": "60"}

    assert items(changed("16", **shorter)) == [("L124", [42])]
    assert items(changed("16", settlement_flag_1="2", **shorter)) == []


def test_the_flag_of_another_settlement_does_not_count() -> None:
    """Given a usance in the first slot, when the second is flagged, then L124 and L125 speak."""
    found = items(changed("16", usance_period_1="60", settlement_flag_2="2"))

    assert {"L124", "L125"} <= {rule for rule, _ in found}


def test_a_flag_of_a_settlement_says_something() -> None:
    """Given the flag to modify a settlement, when none of its items is filled, then L125."""
    assert items(change(settlement_flag_1="2")) == [("L125", [42])]


def test_an_increase_needs_no_flags() -> None:
    """Given an increase, when it has no flags or those to add, then both will do."""
    assert rules(increase()) == []
    assert rules(increase(shipment_flag="3", settlement_flag_1="3")) == []


@pytest.mark.parametrize(
    ("name", "text", "number"),
    [("insured_code", "045012301", 9), ("goods_hs_code", VALVES, 25), ("shipment_flag", "1", 37)],
)
def test_a_cancellation_says_no_more(name: str, text: str, number: int) -> None:
    """Given a cancellation, when other items are filled, then L127 warns and they are ignored."""
    request = cancellation(**{name: text})

    assert items(request, states=NOT_FINAL) == [("L127", [number])]
    [result] = heard(request, states=NOT_FINAL).accepted.to_dicts()
    assert (result["goods_hs_code"], result["insured_code"]) == ("847989", "045012300")


def test_a_correction_has_no_original_branch() -> None:
    """Given a correction, when an original branch is named, then L127 warns."""
    assert items(correction("3", original_branch_number="00")) == [("L127", [18])]


@pytest.mark.parametrize("column", _OF_ONE_SLOT, ids=lambda column: column.name)
def test_some_items_can_be_emptied_and_others_cannot(column: Column) -> None:
    """Given the marker in any item, when judged, then L132 names those that must not be empty."""
    found = items(change(**{column.name: "-"}))

    assert (("L132", [column.item_no]) in found) is (column.item_no not in _CLEARABLE)


def test_an_item_that_cannot_be_emptied_is_not_missed_as_well() -> None:
    """Given the marker in a mandatory item, when judged, then L132 says it all."""
    assert items(change(applicant_code="-")) == [("L132", [8])]
    assert items(change(contract_change_date="-")) == [("L132", [15])]


def test_all_rows_of_one_type_fall_together() -> None:
    """Given changes of two branches, when one is refused, then L133 refuses the other."""
    states = contract(whole(branch_number="00"), whole(branch_number="01"))
    good, bad = change(branch_number="00"), change(branch_number="01", delivery_terms="8")

    assert faults(good, bad, states=states) == [(1, "L133"), (2, "L025")]


def test_rows_of_another_type_stand() -> None:
    """Given a correction and a bad change, when judged, then the correction is accepted."""
    judgement = heard(correction("3"), change(delivery_terms="8"))

    assert judgement.accepted["row"].to_list() == [1]
    assert judgement.refused.height == 1
