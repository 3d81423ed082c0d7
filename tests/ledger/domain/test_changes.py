"""Files of changes as a whole: rows in order, types one after the other, contracts side by side."""

from dataclasses import replace
from datetime import date

from services.ledger.domain.findings import Severity
from services.ledger.domain.judging import judge
from services.ledger.domain.layout import CHANGES
from services.ledger.domain.states import CHANGED, ITEMS

from . import given
from .changing import (
    POLICY,
    SEPTEMBER_10,
    VALVES,
    after,
    cancellation,
    change,
    contract,
    correction,
    extended,
    faults,
    heard,
    increase,
    result,
    rules,
    split,
    whole,
)
from .given import THAILAND

MARKED = contract(marked=True)


def test_a_change_builds_on_the_correction_before_it() -> None:
    """Given a correction and then a change, when both are accepted, then the change has both."""
    corrected = correction("3", goods_hs_code=None, contract_number="TKT-26-E02")

    [first, second] = heard(corrected, change()).accepted.to_dicts()

    assert (first["history_number"], first["revision"]) == ("00", 1)
    assert (second["history_number"], second["contract_number"]) == ("01", "TKT-26-E02")


def test_the_order_of_the_file_is_the_order_of_events() -> None:
    """Given a change and then a correction of history 00, when accepted, then not the other way."""
    corrected = correction(
        "3", goods_hs_code=None, history_number="00", contract_number="TKT-26-E02"
    )

    [first, second] = heard(change(), corrected).accepted.to_dicts()

    assert (first["history_number"], first["contract_number"]) == ("01", "TKT-26-E01")
    assert (second["history_number"], second["contract_number"]) == ("00", "TKT-26-E02")


def test_a_correction_clears_the_way_for_a_change() -> None:
    """Given a marked contract, when one file corrects and then changes it, then both go through."""
    assert faults(correction(), change(goods_hs_code="841370"), states=MARKED) == [(2, "L108")]
    assert faults(change(goods_hs_code="841370"), correction(), states=MARKED) == [(1, "L107")]


def test_a_change_does_not_build_on_a_refused_correction() -> None:
    """Given a bad correction, when a change follows it, then it is as if nothing had come."""
    bad = correction(delivery_terms="8")

    assert faults(bad, change(goods_hs_code="841370"), states=MARKED) == [
        (1, "L025"),
        (2, "L107"),
    ]


def test_a_cancelled_change_gives_way_to_the_right_one() -> None:
    """Given a wrong change, when one file cancels it and sends another, then 02 follows 00."""
    states = after(contract(), change())
    right = change(goods_hs_code="841370")

    [cancelled, second] = heard(
        cancellation(history_number="01"), right, states=states
    ).accepted.to_dicts()

    assert (cancelled["history_number"], cancelled["status"]) == ("01", "CANCELLED")
    assert (second["history_number"], second["goods_hs_code"]) == ("02", "841370")
    assert second["contract_change_date"] == date(2026, 9, 1)


def test_a_branch_that_a_change_opens_can_be_split_later() -> None:
    """Given an increase, when a later file splits it, then its own amounts count."""
    states = after(contract(), increase("250000"))
    rest, part = split()
    rows = (
        {**rest, "branch_number": "01"},
        {**part, "branch_number": "02", "original_branch_number": "01"},
    )

    assert faults(*rows, states=states) == []


def test_contracts_are_judged_side_by_side() -> None:
    """Given three contracts, when one change is bad, then the others are accepted."""
    serials = ("000501", "000502", "000503")
    states = contract(*(whole(serial_number=serial) for serial in serials))
    requests = [change(serial_number=serial) for serial in serials]
    requests[1]["goods_hs_code"] = "000000"

    judgement = heard(*requests, states=states)

    assert judgement.accepted["row"].to_list() == [1, 3]
    assert judgement.accepted["policy_number"].to_list() == [POLICY, f"{POLICY[:-1]}3"]


def test_what_is_accepted_has_all_that_is_stored() -> None:
    """Given changes of every kind, when they are accepted, then one shape holds all of them."""
    requests = (correction("3", history_number="00"), *split(), increase(branch_number="02"))

    accepted = heard(*requests).accepted

    shape = {column.name for column in ITEMS} | set(CHANGED)
    assert shape <= set(accepted.columns)
    assert all(accepted.schema[name] == kind for name, kind in CHANGED.items())
    assert accepted["requested_type"].to_list() == ["3", "2", "2", "2"]
    assert accepted["opens_branch"].to_list() == [False, False, True, True]
    assert accepted["bucket"].n_unique() == 1


def test_nothing_is_judged_as_nothing() -> None:
    """Given a part without rows, when judged, then the shape is there, and nothing in it."""
    none = given.rows([change()]).clear()

    judgement = judge(none, given.case(layout=CHANGES, received_on=SEPTEMBER_10), limit=10)

    assert judgement.accepted.is_empty()
    assert set(CHANGED) <= set(judgement.accepted.columns)
    assert judgement.findings.is_empty()


def test_rows_that_belong_nowhere_are_refused() -> None:
    """Given rows without number or type, when judged, then each has its findings, and no more."""
    nowhere = change(serial_number=None), change(processing_type=None)

    assert faults(*nowhere) == [(1, "L109"), (2, "L109")]


def test_the_long_sheet_says_the_same() -> None:
    """Given requests on either sheet, when they are judged, then the histories are the same."""
    short = heard(change()).accepted
    long = heard(extended(change())).accepted

    assert short.equals(long)


def test_a_warning_may_be_made_an_error() -> None:
    """Given a change told late, when L130 is made an error, then it refuses the row."""
    late = change(application_date="261002")
    graver = {"L130": Severity.ERROR}
    on = date(2026, 10, 2)

    assert heard(late, received_on=on).refused.is_empty()
    assert heard(late, received_on=on, severities=graver).refused.height == 1


def test_refused_rows_carry_no_warnings() -> None:
    """Given a change that is unusual and wrong, when judged, then only the error is told."""
    both = change(purchase_country=THAILAND, delivery_terms="8")

    assert rules(both) == ["L025"]


def test_findings_are_told_no_more_than_wanted() -> None:
    """Given bad requests, when two findings are wanted, then two come and all are counted."""
    states = contract(*(whole(serial_number=f"00050{n}") for n in range(1, 4)))
    bad = [change(serial_number=f"00050{n}", delivery_terms="8") for n in range(1, 4)]
    register = replace(given.register(), states=states)
    case = given.case(layout=CHANGES, register=register, received_on=SEPTEMBER_10)

    judgement = judge(given.rows(bad), case, limit=2)

    assert (judgement.findings["row"].to_list(), judgement.errors) == ([1, 2], 3)


def test_changes_count_no_delays() -> None:
    """Given the delays counted so far, when a change is judged, then they stay what they are."""
    assert heard(change()).delays == given.register().delays


def test_states_in_any_order_are_known_alike() -> None:
    """Given the histories of a contract, when they come in any order, then the latest is found."""
    states = after(contract(), change())
    again = change(goods_hs_code="841370")

    assert result(again, states=states.reverse())["history_number"] == "02"
    assert rules(change(goods_hs_code=VALVES), states=states.reverse()) == ["L128"]
