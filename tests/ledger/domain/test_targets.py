"""Targets: which contracts can take which changes, and when."""

import polars as pl
import pytest

from services.ledger.domain.findings import Severity, detail_en, detail_ja
from services.ledger.domain.layout import CHANGES
from services.ledger.domain.report import found_in

from .changing import (
    AWAITING,
    after,
    cancellation,
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
    with_facts,
)
from .given import TOTO_OSAKA, Application

APPLIED = contract(finalised=False)


def test_a_contract_must_be_known() -> None:
    """Given one contract, when another number is changed, then L101 refuses, and that is all."""
    unknown = change(serial_number="000502", history_number="07")

    assert items(unknown) == [("L101", [5])]


def test_only_what_is_there_is_corrected() -> None:
    """Given branch 00, when branch 01 is corrected or cancelled, then L102 refuses."""
    assert items(correction("3", branch_number="01")) == [("L102", [6])]
    assert items(cancellation(branch_number="01"), states=APPLIED) == [("L102", [6])]


@pytest.mark.parametrize(
    "unreadable",
    [correction("3"), cancellation(history_number="00"), change(history_number="01"), increase()],
    ids=["correction", "cancellation", "change", "increase"],
)
def test_a_branch_that_cannot_be_read_is_not_looked_for(unreadable: Application) -> None:
    """Given a branch of one digit, when it is asked for, then L021 refuses, and that is all."""
    assert items(unreadable | {"branch_number": "1"}) == [("L021", [6])]


def test_only_histories_that_are_there_are_corrected() -> None:
    """Given history 00, when 01 is corrected or cancelled, then L103 refuses."""
    assert items(correction("3", history_number="01")) == [("L103", [7])]
    assert items(cancellation(history_number="01"), states=APPLIED) == [("L103", [7])]


def test_a_history_is_not_corrected_by_the_file_that_makes_it() -> None:
    """Given a change, when the same file cancels what it makes, then L103 refuses that."""
    cancelled = cancellation(history_number="01")

    assert faults(change(), cancelled, states=contract(finalised=True, invoiced=True)) == [
        (2, "L103")
    ]


def test_what_a_file_corrects_it_does_not_cancel() -> None:
    """Given a correction, when the same file cancels that history, then the text says why not."""
    findings = heard(correction(), cancellation(), states=APPLIED).findings

    assert findings.select("row", "rule", "code").rows() == [(2, "L103", "made-in-this-file")]
    [found] = found_in(findings)
    assert detail_en(found.finding, CHANGES).startswith("An earlier row of this file")
    assert "別のファイル" in detail_ja(found.finding, CHANGES)


@pytest.mark.parametrize(
    "early", [correction(), cancellation()], ids=["correction", "cancellation"]
)
def test_an_early_correction_comes_before_the_invoice(early: Application) -> None:
    """Given 修正 or 取消, when the invoice is out, then L105 refuses; before it, nobody does."""
    assert rules(early, states=APPLIED) == []
    assert items(early) == [("L105", [1])]


def test_a_late_correction_comes_after_the_invoice() -> None:
    """Given 訂正内変, when the invoice is not out yet, then L106 refuses."""
    assert rules(correction("3")) == []
    assert items(correction("3"), states=APPLIED) == [("L106", [1])]


@pytest.mark.parametrize(
    ("request_", "rule"),
    [(correction(), "L105"), (cancellation(), "L105"), (correction("3"), "L106")],
)
def test_between_ledger_and_invoice_all_must_wait(request_: Application, rule: str) -> None:
    """Given a final contract without invoice, when it is corrected, then the code says: wait."""
    findings = heard(request_, states=contract(**AWAITING)).findings

    assert findings.select("rule", "code").rows() == [(rule, "awaiting-invoice")]


def test_a_corrected_history_may_await_a_second_invoice() -> None:
    """Given an invoiced history on a second ledger, when corrected again, then it must wait."""
    states = contract(finalised=True, invoiced=True, awaiting_invoice=True)

    for request in (correction(), correction("3"), cancellation()):
        assert heard(request, states=states).findings["code"].to_list() == ["awaiting-invoice"]


def test_a_change_may_be_made_while_the_invoice_is_awaited() -> None:
    """Given a final contract without invoice, when it is changed, then nobody minds."""
    assert rules(change(), states=contract(**AWAITING)) == []


def test_a_contract_with_errors_is_corrected_first() -> None:
    """Given a marked contract, when it is changed, then L107 refuses; a correction is taken."""
    marked = contract(marked=True)

    assert items(change(), states=marked) == [("L107", [5])]
    assert rules(correction(), states=marked) == []


def test_a_mark_of_what_was_cancelled_is_no_error() -> None:
    """Given a mark on a cancelled change, when another is made, then it is none of its errors."""
    states = after(contract(), change())
    states = with_facts(states, marked=False).with_columns(marked=pl.col("history_number") == "01")
    cancelled = after(states, cancellation(history_number="01"), upload="upload_3")

    assert rules(change(), states=states) == ["L107"]
    assert rules(change(), states=cancelled) == []


def test_a_contract_that_is_not_final_is_changed_with_a_warning() -> None:
    """Given a contract not final yet, when it is changed, then L108 warns, as the table says."""
    assert items(change(), states=APPLIED) == [("L108", [5])]
    assert heard(change(), states=APPLIED).refused.is_empty()


def test_the_warning_may_be_made_an_error() -> None:
    """Given L108 as an error, when such a contract is changed, then nothing more is asked."""
    bad = change(history_number="07")

    assert items(bad, states=APPLIED, severities={"L108": Severity.ERROR}) == [("L108", [5])]


def test_a_change_of_what_is_final_may_itself_be_changed() -> None:
    """Given a change that is not final, when the next one comes, then the application counts."""
    states = after(contract(), change())

    assert rules(change(goods_hs_code="841370"), states=states) == []


def test_a_part_names_its_original_branch() -> None:
    """Given a split, when the new branch does not say of which it is a part, then L112 asks."""
    rest, part = split(original_branch_number=None)

    assert faults(*split()) == []
    assert (2, "L112") in faults(rest, part)
    assert items(part) == [("L112", [18])]


def test_the_original_branch_must_be_there() -> None:
    """Given a new branch, when its original branch is not there, then L113 refuses."""
    _, part = split(original_branch_number="05")

    assert items(part) == [("L113", [18])]
    assert items(increase(original_branch_number="05")) == [("L113", [18])]


def test_a_part_of_a_branch_that_only_comes_is_refused() -> None:
    """Given branches 01 and 02 of one file, when 02 is part of 01, then L113 refuses."""
    rest, part = split()
    of_the_part = changed("12", branch_number="02", original_branch_number="01", **restated("1000"))

    assert (3, "L113") in faults(rest, part, of_the_part)


def test_a_branch_in_use_has_no_original() -> None:
    """Given branch 00, when a change of it names an original branch, then L114 refuses."""
    assert items(change(original_branch_number="00")) == [("L114", [18])]


def test_an_increase_is_a_new_branch() -> None:
    """Given branch 00, when it is raised itself, then L118 refuses, and that is all."""
    assert rules(increase()) == []
    assert items(increase(branch_number="00", contract_form=None)) == [("L118", [6])]


def test_a_cancelled_contract_is_over() -> None:
    """Given a cancelled contract, when anything is asked of it, then L134 refuses."""
    states = after(APPLIED, cancellation())

    for request in (change(), increase(), correction(), cancellation()):
        assert [rule for rule, _ in items(request, states=states)] == ["L134"]
    assert items(change(), states=states) == [("L134", [5])]


def test_a_contract_reduced_to_zero_is_over() -> None:
    """Given a contract over nothing, when anything is asked of it, then L134 refuses."""
    states = after(contract(), changed("02", **restated("0")))

    for request in (change(), increase(), correction("3", history_number="00")):
        assert items(request, states=states) == [("L134", [5])]


def test_a_branch_reduced_to_zero_is_over_while_others_go_on() -> None:
    """Given two branches, when one is reduced to zero, then only the other can be changed."""
    states = contract(whole(branch_number="00"), whole(branch_number="01"))
    states = after(states, changed("02", **restated("0", branch_number="01")))
    part_of_it = {"branch_number": "02", "original_branch_number": "01"}

    assert rules(change(), states=states) == []
    assert rules(change(branch_number="01"), states=states) == ["L134"]
    assert rules(changed("12", **part_of_it), states=states) == ["L134"]


def test_a_cancelled_history_is_not_corrected() -> None:
    """Given a cancelled change, when it is corrected or cancelled again, then L134 names it."""
    states = after(after(contract(), change()), cancellation(history_number="01"), upload="u3")

    again = cancellation(history_number="01")
    assert items(again, states=states) == [("L134", [7])]
    assert items(correction("4", history_number="01"), states=states) == [("L134", [7])]


def test_the_number_of_a_cancelled_history_is_not_used_again() -> None:
    """Given a cancelled change 01, when the next one comes, then it is 02 and builds on 00."""
    states = after(after(contract(), change()), cancellation(history_number="01"), upload="u3")

    [result] = heard(change(goods_hs_code="841370"), states=states).accepted.to_dicts()

    assert result["history_number"] == "02"
    assert items(change(history_number="01"), states=states) == [("L111", [7])]


def test_only_the_latest_history_is_cancelled() -> None:
    """Given two histories, when the first is cancelled, then L135 refuses; the last may be."""
    states = after(APPLIED, change())

    assert items(cancellation(history_number="00"), states=states) == [("L135", [7])]
    assert rules(cancellation(history_number="01"), states=states) == []


def test_a_split_is_cancelled_as_a_whole() -> None:
    """Given a split, when one of its two rows is cancelled, then L135 refuses; both may be."""
    states = after(contract(), *split())
    rest = cancellation(branch_number="00", history_number="01")
    part = cancellation(branch_number="01", history_number="00")

    assert items(rest, states=states) == items(part, states=states) == [("L135", [7])]
    assert faults(rest, part, states=states) == []


def test_a_corrected_part_still_belongs_to_its_split() -> None:
    """Given a split whose part was corrected, when only the part is cancelled, then L135."""
    states = after(contract(), *split())
    corrected = after(states, correction("4", branch_number="01"), upload="upload_3")

    part = cancellation(branch_number="01", history_number="00")
    assert rules(part, states=corrected) == ["L135"]


def test_increases_beside_a_split_are_cancelled_alone() -> None:
    """Given an increase in the same file as a split, when it is cancelled, then nobody minds."""
    states = after(contract(), *split(), increase(branch_number="02"))

    assert rules(cancellation(branch_number="02"), states=states) == []


def test_branches_applied_for_together_are_cancelled_alone() -> None:
    """Given two branches of an application, when one is cancelled, then the other stays."""
    states = contract(whole(branch_number="00"), whole(branch_number="01"), finalised=False)

    assert rules(cancellation(branch_number="01"), states=states) == []


def test_the_applicant_is_that_of_the_policy() -> None:
    """Given a contract of Toto, when its Osaka office asks, then L137 refuses."""
    assert items(change(applicant_code=TOTO_OSAKA)) == [("L137", [8])]
    assert items(cancellation(applicant_code=TOTO_OSAKA), states=APPLIED) == [("L137", [8])]


def test_after_such_a_refusal_nothing_more_is_asked() -> None:
    """Given an unknown history and a wrong applicant, when judged, then only L103 speaks."""
    request = correction("3", history_number="09", applicant_code=TOTO_OSAKA)

    assert items(request) == [("L103", [7])]
