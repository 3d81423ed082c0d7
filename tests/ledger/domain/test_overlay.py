"""The overlay: what a change makes of what is known."""

from datetime import date
from decimal import Decimal

import pytest

from .changing import (
    HALVES,
    VALVES,
    after,
    cancellation,
    change,
    changed,
    contract,
    correction,
    increase,
    resettled,
    restated,
    result,
    rules,
    split,
    whole,
)
from .given import (
    GREAT_LAKES,
    SIAM_VALVE,
    THAILAND,
    TOTO,
    TOTO_OSAKA,
    USA,
)


def test_a_blank_keeps_what_is_known() -> None:
    """Given a change of goods, when all else is blank, then all else stays as it was."""
    [before] = contract().to_dicts()

    changed_to = result(change())

    assert changed_to["goods_hs_code"] == VALVES
    for name in ("contract_number", "payer_code", "last_shipment_date", "usance_period_1"):
        assert changed_to[name] == before[name]


def test_a_history_says_what_brought_it() -> None:
    """Given a change, when it is accepted, then the next history tells type, reason and day."""
    after_change = result(change())

    assert (after_change["history_number"], after_change["revision"]) == ("01", 0)
    assert (after_change["processing_type"], after_change["change_reason"]) == ("2", "04")
    assert after_change["contract_change_date"] == date(2026, 9, 1)
    assert after_change["application_date"] == date(2026, 9, 10)
    assert after_change["status"] == "ACTIVE"


def test_a_correction_says_nothing_of_itself_in_the_history() -> None:
    """Given a correction, when it is accepted, then only the revision and the goods are new."""
    corrected = result(correction("3"))

    assert (corrected["history_number"], corrected["revision"]) == ("00", 1)
    assert (corrected["processing_type"], corrected["change_reason"]) == ("1", None)
    assert corrected["application_date"] == date(2026, 8, 25)
    assert (corrected["goods_hs_code"], corrected["requested_type"]) == (VALVES, "3")


def test_reason_and_day_of_a_change_can_be_corrected() -> None:
    """Given a change, when reason and day are corrected, then they are; of a new one, nothing."""
    states = after(contract(), change())
    other = correction("4", change_reason="99", contract_change_date="260831", goods_hs_code=None)

    corrected = result(other, states=states)

    assert (corrected["change_reason"], corrected["revision"]) == ("99", 1)
    assert corrected["contract_change_date"] == date(2026, 8, 31)
    assert rules(other, states=contract(finalised=False)) == ["L128"]


def test_a_change_holds_from_its_day_on() -> None:
    """Given a change of 1 September, when accepted, then it holds from there on."""
    assert result(change())["valid_from"] == date(2026, 9, 1)
    assert result(correction("3"))["valid_from"] == date(2026, 7, 18)


def test_a_change_does_not_hold_before_what_it_changes() -> None:
    """Given a change of September, when one of August is told after it, then it holds later."""
    states = after(contract(), change())

    earlier = change(contract_change_date="260820", goods_hs_code="841370")

    assert result(earlier, states=states)["valid_from"] == date(2026, 9, 1)


def test_the_marker_empties_an_item() -> None:
    """Given a department and a reference, when one is marked, then it is empty, the other stays."""
    states = contract(whole(insured_department="機械第一部", reference_number="R-1"))

    emptied = result(change(reference_number="-"), states=states)

    assert (emptied["reference_number"], emptied["insured_department"]) == (None, "機械第一部")


def test_a_flag_is_set_kept_and_taken_away() -> None:
    """Given another insurance, when the flag is marked, then it is gone; a blank keeps it."""
    states = contract(whole(other_insurance_flag="1"))

    assert result(change(), states=states)["other_insurance_flag"] is True
    assert result(change(other_insurance_flag="-"), states=states)["other_insurance_flag"] is False
    assert result(change(other_insurance_flag="1"))["other_insurance_flag"] is True


def test_an_emptied_insured_is_the_applicant_again() -> None:
    """Given an insured of its own, when it is emptied, then the applicant stands there."""
    states = contract(whole(insured_code=TOTO_OSAKA, beneficiary_code=TOTO_OSAKA))

    emptied = result(change(insured_code="-", beneficiary_code="-"), states=states)

    assert (emptied["insured_code"], emptied["beneficiary_code"]) == (TOTO, TOTO)


def test_defaults_are_not_derived_again() -> None:
    """Given a counterparty by default, when the payer changes, then the counterparty stays."""
    other = changed("10", payer_code="123456-0", payment_country=THAILAND)

    after_change = result(other)

    assert (after_change["payer_code"], after_change["payment_country"]) == (SIAM_VALVE, THAILAND)
    assert after_change["sales_counterparty_code"] == GREAT_LAKES
    assert after_change["sales_country"] == USA


def test_an_increase_begins_with_nothing_and_takes_the_defaults() -> None:
    """Given an increase, when it is accepted, then a branch 01 of its own holds the addition."""
    added = result(increase())

    assert (added["branch_number"], added["history_number"]) == ("01", "00")
    assert (added["opens_branch"], added["original_branch_number"]) == (True, None)
    assert added["contract_principal"] == Decimal(50_000)
    assert (added["insured_code"], added["beneficiary_code"]) == (TOTO, TOTO)
    assert (added["sales_country"], added["sales_counterparty_code"]) == (USA, GREAT_LAKES)
    assert added["valid_from"] == date(2026, 9, 1)
    assert added["other_insurance_flag"] is False


def test_a_part_is_a_copy_with_some_items_changed() -> None:
    """Given a split, when it is accepted, then the part is as the original, but what it says."""
    part = result(*split())

    assert (part["branch_number"], part["original_branch_number"]) == ("01", "00")
    assert (part["history_number"], part["destination_country"]) == ("00", THAILAND)
    assert (part["contract_number"], part["usance_period_1"]) == ("TKT-26-E01", 90)


def test_a_reduction_states_the_amounts_that_remain() -> None:
    """Given a reduction to 200,000, when it is accepted, then that is what is insured."""
    reduced = result(changed("02", **restated("200000")))

    assert reduced["post_shipment_amount"] == Decimal(200_000)
    assert (reduced["settlement_principal_1"], reduced["status"]) == (Decimal(200_000), "ACTIVE")


def test_a_cancelled_export_contract_is_reduced_to_zero() -> None:
    """Given a reduction to nothing, when it is accepted, then the branch is reduced to zero."""
    over = result(changed("02", **restated("0", settlement_interest_1="0")))

    assert over["status"] == "REDUCED_TO_ZERO"
    assert over["pre_shipment_amount"] == over["settlement_principal_1"] == Decimal(0)


def test_a_zero_that_a_reduction_left_can_be_restated_by_a_correction() -> None:
    """Given a reduction of one cent too much, when it is corrected, then zero is not the matter."""
    states = after(contract(), changed("02", **restated("1")))

    corrected = correction("4", goods_hs_code=None, **restated("0"))

    assert result(corrected, states=states)["status"] == "REDUCED_TO_ZERO"


def test_a_cancellation_leaves_the_content_alone() -> None:
    """Given a change, when it is cancelled, then its history keeps number, revision and goods."""
    states = after(contract(), change())

    cancelled = result(cancellation(history_number="01"), states=states)

    assert (cancelled["status"], cancelled["revision"]) == ("CANCELLED", 0)
    assert (cancelled["goods_hs_code"], cancelled["change_reason"]) == (VALVES, "04")


def test_a_deleted_slot_is_empty_and_the_others_stay_where_they_are() -> None:
    """Given two settlements, when the first is deleted, then the second stays the second."""
    states = contract(whole(**HALVES))
    request = changed(
        "02",
        settlement_flag_1="1",
        shipment_flag="2",
        contract_principal="125000",
        pre_shipment_amount="125000",
        post_shipment_amount="125000",
    )

    deleted = result(request, states=states)

    assert deleted["settlement_method_1"] is deleted["settlement_principal_1"] is None
    assert (deleted["settlement_method_2"], deleted["due_date_2"]) == ("49", date(2027, 2, 26))


def test_a_settlement_is_added_to_an_empty_slot() -> None:
    """Given one settlement, when a second is added, then both add up to the amount."""
    added = result(
        changed(
            "17",
            settlement_flag_1="2",
            settlement_flag_2="3",
            **HALVES,
        )
    )

    assert (added["settlement_method_2"], added["settlement_principal_2"]) == ("49", 125_000)
    assert added["settlement_principal_1"] == Decimal(125_000)


def test_a_deleted_shipment_is_one_over_nothing() -> None:
    """Given a contract, when shipment and settlement are deleted, then it is reduced to zero."""
    deleted = result(
        changed("02", contract_principal="0", shipment_flag="1", settlement_flag_1="1")
    )

    assert deleted["status"] == "REDUCED_TO_ZERO"
    assert deleted["pre_shipment_amount"] == deleted["post_shipment_amount"] == Decimal(0)
    assert deleted["last_shipment_date"] == date(2026, 10, 30)


@pytest.mark.parametrize(
    ("method", "usance", "due"),
    [("40", None, None), ("31", 90, None), ("49", None, date(2027, 2, 26))],
)
def test_a_new_method_drops_the_timing_it_has_no_use_for(
    method: str, usance: int | None, due: date | None
) -> None:
    """Given a usance, when the method changes, then it stays only if the new one calls for it."""
    said = {"due_date_1": "270226"} if due else {}

    switched = result(changed("17", **resettled(settlement_method_1=method, **said)))

    assert (switched["usance_period_1"], switched["due_date_1"]) == (usance, due)
    assert (switched["usance_unit_1"] is None) == (usance is None)


def test_a_due_date_is_dropped_for_a_usance() -> None:
    """Given a due date, when the method calls for a usance, then the date is dropped."""
    dated = {"settlement_method_1": "49", "usance_unit_1": None, "usance_period_1": None}
    states = contract(whole(**dated, due_date_1="270226"))
    usance = {"usance_unit_1": "1", "usance_period_1": "3"}

    switched = result(changed("17", **resettled(settlement_method_1="41", **usance)), states=states)

    assert (switched["due_date_1"], switched["usance_period_1"]) == (None, 3)


def test_payment_in_advance_drops_all_but_the_method() -> None:
    """Given a settlement, when all is paid in advance, then nothing else is left of it."""
    request = changed(
        "99", **resettled(settlement_method_1="60"), shipment_flag="2", post_shipment_amount="-"
    )

    advance = result(request)

    assert advance["settlement_method_1"] == "60"
    assert advance["post_shipment_amount"] is None
    assert advance["usance_period_1"] is advance["settlement_principal_1"] is None
