"""Dates of a new application, one against the other, and how late it comes."""

import json
from datetime import date

from .given import application, items, judged, rules


def test_an_effectuation_condition_needs_its_date() -> None:
    """Given the flag of a condition, when the effective date is blank, then L050 refuses."""
    assert rules(application(effectuation_condition_flag="1", effective_date="260805")) == []
    assert items(application(effectuation_condition_flag="1")) == [("L050", [13, 22])]


def test_an_effective_date_without_condition_is_pointed_out() -> None:
    """Given an effective date, when the flag is blank, then L051 warns."""
    assert rules(application(effective_date="260805")) == ["L051"]


def test_a_contract_is_not_concluded_after_its_application() -> None:
    """Given a contract of the same day, when it is a day later, then L052 refuses."""
    assert rules(application(contract_date="260825")) == []
    assert rules(application(contract_date="260826")) == ["L052"]


def test_the_application_is_dated_the_day_of_receipt() -> None:
    """Given a file of 25 August, when it is dated the day before, then L053 warns."""
    assert rules(application(application_date="260824")) == ["L053"]


def test_a_shipment_before_the_conclusion_is_pointed_out() -> None:
    """Given a shipment on the day of conclusion, when it is a day earlier, then L054 warns."""
    assert rules(application(last_shipment_date="260718")) == []
    assert rules(application(last_shipment_date="260717")) == ["L054"]


def test_a_first_shipment_is_not_needed() -> None:
    """Given a first shipment, when judged, then L055 says it was ignored, and it is not kept."""
    judgement = judged(application(first_shipment_date="260901"))

    assert judgement.findings["rule"].to_list() == ["L055"]
    assert "first_shipment_date" not in judgement.accepted.columns


def test_the_deadline_is_the_end_of_the_following_month() -> None:
    """Given a contract of July, when August is over, then L056 warns."""
    july = {"contract_date": "260701", "application_date": "260831"}

    assert rules(application(**july), received_on=date(2026, 8, 31)) == []
    assert rules(application(**july), received_on=date(2026, 9, 1)) == ["L053", "L056"]


def test_more_than_two_months_may_need_an_explanation() -> None:
    """Given receipt two months to the day, when one day more has passed, then L057, not L056."""
    june = {"contract_date": "260624"}

    assert rules(application(**june), received_on=date(2026, 8, 24)) == ["L053", "L056"]
    assert rules(application(**june), received_on=date(2026, 8, 25)) == ["L057"]


def test_three_months_are_a_significant_delay() -> None:
    """Given receipt a day before three months, when they are full, then L058, not L057."""
    may = {"contract_date": "260525"}

    assert rules(application(**may), received_on=date(2026, 8, 24)) == ["L053", "L057"]
    assert rules(application(**may), received_on=date(2026, 8, 25)) == ["L058"]


def test_months_end_where_the_calendar_ends_them() -> None:
    """Given a contract of 30 November, when three months are counted, 28 February is full."""
    autumn = {
        "contract_date": "251130",
        "application_date": "260228",
        "fiscal_year": "25",
    }

    assert rules(application(**autumn), received_on=date(2026, 2, 27)) == ["L053", "L057"]
    assert rules(application(**autumn), received_on=date(2026, 2, 28)) == ["L058"]


def test_an_explanation_counts_from_the_effective_date() -> None:
    """Given an effective date, when the contract is old, then only the deadline was missed."""
    conditional = {
        "contract_date": "260301",
        "effective_date": "260801",
        "effectuation_condition_flag": "1",
    }

    assert rules(application(**conditional)) == ["L056"]


def test_delays_are_counted_by_policy_in_the_order_of_the_file() -> None:
    """Given two delays on record, when two policies are late, one in two branches, n is 3 and 4."""
    late = {"contract_date": "260501"}
    branches = [application(**late, branch_number=branch) for branch in ("00", "01")]

    judgement = judged(*branches, application(**late, serial_number="000502"))

    told = [json.loads(params) for params in judgement.findings["params"]]
    assert [(it["n"], it["policy_number"][-6:]) for it in told] == [
        ("3", "000501"),
        ("3", "000501"),
        ("4", "000502"),
    ]
    assert judgement.delays["200100357"] == 4


def test_a_refused_application_is_no_delay() -> None:
    """Given a late contract, when it is refused, then it carries no warning and counts nothing."""
    judgement = judged(application(contract_date="260501", delivery_terms="8"))

    assert judgement.findings["rule"].to_list() == ["L025"]
    assert judgement.delays["200100357"] == 2
