"""Settlements: which timing goes with which method, and how far away it may be."""

import pytest

from services.ledger.domain.layout import NEW_APPLICATIONS_EXTENDED

from .given import (
    application,
    extended,
    faults,
    in_two_settlements,
    items,
    judged,
    rules,
)

_BY_USANCE = ["11", "12", "20", "21", "31", "32", "41", "42", "64", "65", "76", "88", "89"]
_BY_DUE_DATE = ["19", "29", "39", "49", "59", "70", "71", "73", "75", "77", "78", "98", "99"]
_AT_SIGHT = ["10", "30", "40", "50"]

_USANCE = {"usance_unit_1": "2", "usance_period_1": "90"}
_NO_USANCE = {"usance_unit_1": None, "usance_period_1": None}
_DUE_DATE = {"due_date_1": "270226"}


def _errors(method: str, **timing: str | None) -> list[str]:
    """Rules that refuse a settlement; the warnings of some methods are another matter."""
    one = application(**{"settlement_method_1": method, **_NO_USANCE, **timing})
    findings = judged(one).findings
    return [rule for rule, severity in findings["rule", "severity"].rows() if severity == "ERROR"]


@pytest.mark.parametrize("method", _BY_USANCE)
def test_some_methods_call_for_the_longest_usance(method: str) -> None:
    """Given such a method, when usance is missing or a due date given instead, it is refused."""
    assert _errors(method, **_USANCE) == []
    assert _errors(method) == ["L072"]
    assert _errors(method, **_DUE_DATE) == ["L075"]
    assert _errors(method, **_USANCE, **_DUE_DATE) == ["L071"]


@pytest.mark.parametrize("method", _BY_DUE_DATE)
def test_some_methods_call_for_the_due_date(method: str) -> None:
    """Given such a method, when the date is missing or usance given instead, it is refused."""
    assert _errors(method, **_DUE_DATE) == []
    assert _errors(method) == ["L073"]
    assert _errors(method, **_USANCE) == ["L075"]
    assert _errors(method, **_USANCE, **_DUE_DATE) == ["L071"]


@pytest.mark.parametrize("method", _AT_SIGHT)
def test_payment_at_sight_needs_no_timing(method: str) -> None:
    """Given payment at sight, when a timing is given, then it is refused."""
    assert _errors(method) == []
    assert _errors(method, **_USANCE) == ["L074"]
    assert _errors(method, **_DUE_DATE) == ["L074"]
    assert _errors(method, **_USANCE, **_DUE_DATE) == ["L071"]


def test_unit_and_period_come_together() -> None:
    """Given half a usance, when judged, then L076 asks for the other half."""
    assert items(application(usance_unit_1=None)) == [("L076", [38, 39])]
    assert items(application(usance_period_1=None)) == [("L076", [38, 39])]


def test_a_settlement_has_a_method_and_a_principal() -> None:
    """Given a second settlement, when method or principal is blank, then L070 names it."""
    assert items(in_two_settlements(settlement_method_2=None)) == [("L070", [36])]
    assert items(in_two_settlements(settlement_principal_2=None)) == [("L070", [41])]


def test_settlements_are_filled_from_the_first() -> None:
    """Given three settlements of five, when the second is empty, then L077 names the third."""
    second = {"settlement_method_2": "40", "settlement_principal_2": "50000"}
    third = {"settlement_method_3": "40", "settlement_principal_3": "50000"}
    first = {"settlement_principal_1": "150000"}

    in_order = judged(extended(**first, **second, **third), layout=NEW_APPLICATIONS_EXTENDED)
    with_gap = judged(
        extended(settlement_principal_1="200000", **third), layout=NEW_APPLICATIONS_EXTENDED
    )

    assert in_order.findings.is_empty()
    assert with_gap.findings.select("rule", "slot", "column").rows() == [("L077", 3, "AX")]


def test_a_due_date_before_shipment_is_pointed_out() -> None:
    """Given a due date on the day of shipment, when it is a day earlier, then L078 warns."""
    assert rules(in_two_settlements(due_date_2="261030")) == []
    assert items(in_two_settlements(due_date_2="261029")) == [("L078", [33, 40])]


@pytest.mark.parametrize("method", ["73", "75"])
def test_scheduled_payments_for_equipment_may_fall_due_before_shipment(method: str) -> None:
    """Given a method that covers it, when the date lies before shipment, then L078 is silent."""
    early = in_two_settlements(settlement_method_2=method, due_date_2="261029")

    assert rules(early) == ["L079"]


@pytest.mark.parametrize("method", ["73", "75", "77", "78"])
def test_scheduled_payments_are_talked_over_beforehand(method: str) -> None:
    """Given a milestone or scheduled payment, when judged, then L079 warns."""
    assert rules(in_two_settlements(settlement_method_2=method)) == ["L079"]


def test_a_due_date_two_years_after_shipment_needs_documents() -> None:
    """Given a date a day short of two years, when the two years are full, then L080 refuses."""
    assert rules(in_two_settlements(due_date_2="281029")) == []
    assert items(in_two_settlements(due_date_2="281030")) == [("L080", [33, 40])]


def test_two_years_from_a_leap_day_end_in_february() -> None:
    """Given a shipment on 29 February 2028, when two years are counted, 28 February is full."""
    leap = {"last_shipment_date": "280229"}

    assert rules(in_two_settlements(**leap, due_date_2="300227")) == []
    assert rules(in_two_settlements(**leap, due_date_2="300228")) == ["L080"]


@pytest.mark.parametrize(("unit", "longest", "too_long"), [("1", "23", "24"), ("2", "729", "730")])
def test_a_usance_of_two_years_needs_documents(unit: str, longest: str, too_long: str) -> None:
    """Given the longest usance, when it is one more month or day, then L080 refuses."""
    assert rules(application(usance_unit_1=unit, usance_period_1=longest)) == []
    two_years = application(usance_unit_1=unit, usance_period_1=too_long)
    assert items(two_years) == [("L080", [38, 39])]


def test_equal_instalments_need_documents() -> None:
    """Given instalments over a year, when they also run for two, then only L081 refuses."""
    assert items(in_two_settlements(settlement_method_2="80")) == [("L081", [36])]
    assert rules(in_two_settlements(settlement_method_2="80", due_date_2="291030")) == ["L081"]


def test_two_fixed_due_dates_are_pointed_out() -> None:
    """Given two due dates, when one is retention, then L083 does not count it."""
    first = {"settlement_method_1": "49", "due_date_1": "270131", **_NO_USANCE}

    assert faults(in_two_settlements(**first)) == [(1, "L083")]
    assert faults(in_two_settlements(**first, settlement_method_2="70")) == []
