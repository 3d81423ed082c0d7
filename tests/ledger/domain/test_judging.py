"""The judge as a whole: how much it says, how grave it is, and what it hands on."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl

from services.ledger.domain.findings import Severity
from services.ledger.domain.judging import judge

from .given import (
    GREAT_LAKES,
    SIAM_VALVE,
    THAILAND,
    TOTO,
    USA,
    application,
    case,
    judged,
    paid_in_advance,
    rows,
    rules,
)


def test_no_more_findings_are_told_than_wanted_but_all_are_counted() -> None:
    """Given three bad rows, when two findings are wanted, then two come and 3 are counted."""
    bad = [application(serial_number=f"00051{n}", delivery_terms="8") for n in range(3)]

    judgement = judge(rows([application(), *bad]), case(), limit=2)

    assert judgement.findings["row"].to_list() == [2, 3]
    assert (judgement.errors, judgement.warnings, len(judgement.refused)) == (3, 0, 3)


def test_findings_come_in_the_order_of_the_file() -> None:
    """Given faults in several rows, when they are told, then by row and then by rule."""
    first = application(delivery_terms="8", contract_number=None)
    second = application(serial_number="000502", application_date="260824")

    findings = judged(first, second).findings

    assert findings.select("row", "rule").rows() == [(1, "L020"), (1, "L025"), (2, "L053")]


def test_a_finding_shows_where_and_what() -> None:
    """Given a wrong second due date, when it is told, then column, item, slot and cell are, too."""
    [finding] = judged(application(due_date_2="261301")).findings.filter(rule="L023").to_dicts()

    assert finding == {
        "row": 1,
        "rule": "L023",
        "severity": "ERROR",
        "column": "AU",
        "item_nos": [40],
        "slot": 2,
        "field": "due_date",
        "code": "bad-date",
        "params": "{}",
        "value": "261301",
    }


def test_a_cell_is_shown_short_and_without_controls() -> None:
    """Given a long cell with a tab and a hidden mark, when shown, then 64 harmless characters."""
    hidden = "\t\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 100

    [shown] = judged(application(contract_number=hidden)).findings["value"]

    assert shown == "x" * 64


def test_how_grave_a_rule_is_is_data() -> None:
    """Given several payers, when L082 is made a warning, then the policy is accepted with it."""
    thai = {"payer_code": SIAM_VALVE, "payment_country": THAILAND}
    two_payers = [application(branch_number="00"), application(branch_number="01", **thai)]

    judgement = judged(*two_payers, severities={"L082": Severity.WARNING})

    assert judgement.accepted["row"].to_list() == [1, 2]
    assert judgement.findings["severity"].to_list() == ["WARNING", "WARNING"]


def test_a_warning_may_be_made_an_error() -> None:
    """Given a wrong day of application, when L053 is made an error, then it refuses the row."""
    dated = application(application_date="260824")

    assert judged(dated).refused.is_empty()
    assert judged(dated, severities={"L053": Severity.ERROR}).refused.height == 1


def test_blanks_take_their_defaults() -> None:
    """Given blank parties, when a row is accepted, then applicant, payer and 00 stand for them."""
    [stored] = judged(application()).accepted.to_dicts()

    assert stored["branch_number"] == "00"
    assert stored["insured_code"] == stored["beneficiary_code"] == TOTO
    assert (stored["sales_country"], stored["sales_counterparty_code"]) == (USA, GREAT_LAKES)


def test_what_was_entered_stays() -> None:
    """Given parties of its own, when a row is accepted, then no default replaces them."""
    sold_to = {"sales_country": THAILAND, "sales_counterparty_code": "123456-0"}

    [stored] = judged(application(**sold_to, branch_number="00")).accepted.to_dicts()

    assert (stored["sales_country"], stored["sales_counterparty_code"]) == (THAILAND, SIAM_VALVE)


def test_an_accepted_row_is_typed_and_exact() -> None:
    """Given amounts, dates and flags as text, when accepted, then they are what they mean."""
    written = {"contract_principal": "9999999999999.99", "other_insurance_flag": "1"}

    [stored] = judged(application(**written, exchange_rate="148.2500")).accepted.to_dicts()

    assert stored["contract_principal"] == Decimal("9999999999999.99")
    assert stored["exchange_rate"] == Decimal("148.2500")
    assert stored["contract_date"] == date(2026, 7, 18)
    assert (stored["other_insurance_flag"], stored["effectuation_condition_flag"]) == (True, False)
    assert (stored["usance_unit_1"], stored["usance_period_1"]) == ("2", 90)


def test_years_from_70_are_of_the_last_century() -> None:
    """Given shipments in 69 and 70, when accepted, then a century lies between them."""
    shipped = [
        application(serial_number=f"0005{year}", last_shipment_date=f"{year}0101")
        for year in ("69", "70")
    ]

    dates = judged(*shipped).accepted["last_shipment_date"].to_list()

    assert dates == [date(2069, 1, 1), date(1970, 1, 1)]


def test_advance_payment_leaves_the_rest_empty() -> None:
    """Given full payment in advance, when accepted, then no amount after shipment is made up."""
    [stored] = judged(paid_in_advance()).accepted.to_dicts()

    assert stored["settlement_method_1"] == "60"
    assert stored["post_shipment_amount"] is None


def test_nothing_is_judged_as_nothing() -> None:
    """Given a part without rows, when judged, then nothing is found and nothing accepted."""
    judgement = judge(rows([application()]).clear(), case(), limit=10)

    assert judgement.accepted.is_empty()
    assert judgement.findings.is_empty()
    assert judgement.findings.schema["item_nos"] == pl.List(pl.UInt8)


def test_nobody_is_found_in_an_empty_register() -> None:
    """Given no agreements at all, when judged, then the agreement is refused, and that is all."""
    known = case().register
    empty = replace(known, agreements=known.agreements.clear())

    assert rules(application(), register=empty) == ["L032"]
