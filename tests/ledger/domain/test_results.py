"""Results: the state that would result of a change is judged as an application is."""

from dataclasses import replace

import polars as pl

from .changing import (
    BY_ILC,
    HALVES,
    after,
    change,
    changed,
    contract,
    extended,
    heard,
    items,
    resettled,
    restated,
    result,
    rules,
    whole,
)
from .given import (
    CHAO_PHRAYA_BANK,
    CHINA,
    GREAT_LAKES,
    THAILAND,
    YEN,
    register,
)


def test_only_a_reduction_leaves_nothing() -> None:
    """Given amounts of zero, when the reason is another one, then L066 refuses."""
    assert ("L066", [20]) in items(changed("99", **restated("0")))


def test_what_was_said_is_not_dropped_but_refused() -> None:
    """Given a method without timing, when a usance is said beside it, then L074 refuses."""
    request = changed("17", **resettled(settlement_method_1="40", usance_period_1="90"))

    assert [rule for rule, _ in items(request)] == ["L074", "L076"]


def test_the_result_is_judged_as_an_application_is() -> None:
    """Given changes good in themselves, when the result breaks a rule of content, it refuses."""
    broken = {
        "L040": changed("05", contract_form="15"),
        "L044": changed("17", **resettled(settlement_method_1="10", payment_guarantee_code_1="90")),
        "L046": changed("17", **resettled(payment_guarantee_code_1="90")),
        "L050": change(effectuation_condition_flag="1"),
        "L060": changed("99", shipment_flag="2", post_shipment_amount="-"),
        "L063": changed("02", shipment_flag="2", post_shipment_amount="200000"),
        "L064": changed("99", contract_principal="249999.99"),
        "L067": changed("03", **restated("1000", currency_code="099")),
        "L068": changed("03", **restated("1000.5", currency_code="000")),
        "L070": changed("17", settlement_flag_2="3", settlement_principal_2="1"),
        "L071": changed("15", **resettled(due_date_1="270226")),
        "L072": changed("16", **resettled(usance_unit_1="-", usance_period_1="-")),
        "L073": changed("17", **resettled(settlement_method_1="49")),
        "L075": changed(
            "15", **resettled(usance_unit_1="-", usance_period_1="-", due_date_1="270226")
        ),
        "L076": changed("15", **resettled(usance_unit_1="-")),
        "L080": changed("15", **resettled(usance_unit_1="1", usance_period_1="24")),
        "L081": changed("15", **resettled(settlement_method_1="80", due_date_1="270226")),
        "L061": changed("99", **resettled(settlement_method_1="60", settlement_interest_1="1")),
        "L062": changed("99", settlement_flag_2="3", settlement_method_2="60"),
    }

    for rule, request in broken.items():
        assert rule in rules(request), rule


def test_the_last_good_usance_may_result() -> None:
    """Given a usance of 23 months, when it becomes one of 24, then L080 refuses."""
    longest = resettled(usance_unit_1="1", usance_period_1="23")

    assert rules(changed("15", **longest)) == []
    assert rules(changed("15", **{**longest, "usance_period_1": "24"})) == ["L080"]


def test_the_result_is_warned_of_as_an_application_is() -> None:
    """Given changes, when the result is unusual, then the rules of content warn."""
    unusual = {
        "L041": change(purchase_country=CHINA),
        "L043": changed("10", payment_country=THAILAND),
        "L045": change(guarantor_code=CHAO_PHRAYA_BANK),
        "L047": changed("17", **resettled(settlement_method_1="10")),
        "L051": change(effective_date="260901"),
        "L054": changed("99", shipment_flag="2", last_shipment_date="260717"),
        "L065": changed("99", **restated("250000", contract_principal="249999", **_less)),
        "L078": changed("17", **resettled(settlement_method_1="49", due_date_1="261029")),
        "L079": changed("17", **resettled(settlement_method_1="77", due_date_1="270226")),
    }

    for rule, request in unusual.items():
        assert rule in rules(request), rule


_less = {"post_shipment_amount": "200000", "settlement_principal_1": "200000"}


def test_several_due_dates_are_warned_of() -> None:
    """Given a due date in the second slot, when the first gets one as well, then L083 warns."""
    states = contract(whole(**HALVES))
    dated = resettled(settlement_method_1="49", due_date_1="270126")

    assert "L083" in rules(changed("17", **dated), states=states)


def test_a_letter_of_credit_gives_way_to_a_remittance() -> None:
    """Given an ILC, when method and guarantor are changed and emptied, then nobody minds."""
    states = contract(whole(**BY_ILC))
    guarantor = {"guarantee_country": "-", "guarantor_code": "-"}
    request = resettled(settlement_method_1="40", payment_guarantee_code_1="-", **guarantor)

    assert rules(changed("17", **request), states=states) == []
    assert rules(changed("17", **resettled(settlement_method_1="40")), states=states) == ["L046"]


def test_a_buyer_that_is_gone_is_not_kept() -> None:
    """Given a payer no longer registered, when the goods change, then L042 points at the payer."""
    known = register()
    without = replace(known, buyers=known.buyers.filter(pl.col("buyer_code") != GREAT_LAKES))

    assert items(change(), register=without) == [("L042", [30]), ("L042", [36])]


def test_the_settlements_beyond_the_sheet_are_judged_and_kept() -> None:
    """Given a third settlement, when the short sheet is used, then it stays, and is judged."""
    thirds = {
        "settlement_principal_1": "100000",
        "settlement_method_2": "40",
        "settlement_principal_2": "100000",
        "settlement_method_3": "40",
        "settlement_principal_3": "50000",
    }
    flags = {"settlement_flag_1": "2", "settlement_flag_2": "3", "settlement_flag_3": "3"}
    states = after(contract(), extended(changed("17"), **flags, **thirds))

    kept = result(change(), states=states)
    advance = changed("99", **resettled(settlement_method_1="60"))

    assert (kept["settlement_method_3"], kept["settlement_principal_3"]) == ("40", 50_000)
    assert ("L062", [43]) in items(advance, states=states)


def test_a_finding_beyond_the_sheet_points_at_no_column() -> None:
    """Given a third settlement with cents, when all becomes yen, then L068 names just the item."""
    thirds = {
        "settlement_principal_1": "249999.50",
        "settlement_method_3": "40",
        "settlement_principal_3": "0.50",
    }
    flags = {"settlement_flag_1": "2", "settlement_flag_3": "3"}
    states = after(contract(), extended(changed("17"), **flags, **thirds))
    yen = restated("1000", currency_code=YEN, settlement_principal_1="999.5")

    findings = heard(changed("03", **yen), states=states).findings.filter(rule="L068")

    places = findings.select("column", "field", "slot", "item_nos").rows()
    assert sorted(places, key=str) == [
        ("AV", "settlement_principal", 1, [48]),
        (None, None, None, [48]),
    ]
