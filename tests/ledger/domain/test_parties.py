"""Countries and parties, guarantees included."""

from .given import (
    CHAO_PHRAYA_BANK,
    CHINA,
    GREAT_LAKES,
    SIAM_VALVE,
    THAILAND,
    USA,
    application,
    items,
    rules,
)

_BY_ILC = {"settlement_method_1": "12", "payment_guarantee_code_1": "90"}
_ISSUING_BANK = {"guarantee_country": THAILAND, "guarantor_code": CHAO_PHRAYA_BANK}


def test_intermediary_trade_names_where_it_buys_and_loads() -> None:
    """Given intermediary trade, when a country is blank, then L040 names it."""
    complete = {"contract_form": "15", "purchase_country": CHINA, "loading_country": CHINA}

    assert rules(application(**complete)) == []
    assert items(application(**complete | {"purchase_country": None})) == [("L040", [28])]
    assert items(application(contract_form="15")) == [("L040", [28]), ("L040", [29])]


def test_an_export_needs_no_such_country() -> None:
    """Given an export, when a country of loading is given, then L041 warns."""
    assert items(application(loading_country=CHINA)) == [("L041", [29])]


def test_the_payer_sits_in_the_country_of_payment() -> None:
    """Given a payer in Thailand, when the country of payment is another, then L043 warns."""
    assert rules(application(payer_code=SIAM_VALVE, payment_country=THAILAND)) == []
    assert items(application(payer_code=SIAM_VALVE)) == [("L043", [24, 25])]


def test_the_guarantor_sits_in_the_country_of_guarantee() -> None:
    """Given a Thai bank, when the country of guarantee is another, then L043 warns."""
    assert rules(application(**_BY_ILC, **_ISSUING_BANK)) == []
    elsewhere = _ISSUING_BANK | {"guarantee_country": CHINA}
    assert items(application(**_BY_ILC, **elsewhere)) == [("L043", [26, 27])]


def test_the_counterparty_sits_in_the_country_of_sale() -> None:
    """Given only one of the two, when the other is by default the payer's, then L043 compares."""
    assert rules(application(sales_counterparty_code=SIAM_VALVE, sales_country=THAILAND)) == []
    assert rules(application(sales_counterparty_code=GREAT_LAKES)) == []
    assert items(application(sales_counterparty_code=SIAM_VALVE)) == [("L043", [30, 31])]
    assert items(application(sales_country=THAILAND)) == [("L043", [30, 31])]
    assert rules(application(sales_country=USA)) == []


def test_an_ilc_needs_its_issuing_bank_and_country() -> None:
    """Given an ILC, when bank or country is blank, then L044 names it."""
    without_bank = _ISSUING_BANK | {"guarantor_code": None}

    assert items(application(**_BY_ILC, **without_bank)) == [("L044", [27])]
    assert items(application(**_BY_ILC)) == [("L044", [26]), ("L044", [27])]


def test_a_bank_without_an_ilc_is_pointed_out() -> None:
    """Given no ILC, when bank and country are named, then L045 warns of each."""
    assert items(application(**_ISSUING_BANK)) == [("L045", [26]), ("L045", [27])]


def test_an_ilc_guarantees_only_letters_of_credit() -> None:
    """Given guarantee code 90, when the method is a remittance, then L046 refuses."""
    remittance = {"settlement_method_1": "41", "payment_guarantee_code_1": "90"}

    assert items(application(**remittance, **_ISSUING_BANK)) == [("L046", [36, 37])]


def test_another_guarantee_may_stand_with_any_method() -> None:
    """Given a guarantee by yen loan, when the method is a remittance, then nobody minds."""
    assert rules(application(payment_guarantee_code_1="10")) == []


def test_a_letter_of_credit_without_guarantee_is_pointed_out() -> None:
    """Given a letter of credit, when the guarantee is blank, then L047 warns."""
    assert rules(application(settlement_method_1="12")) == ["L047"]
