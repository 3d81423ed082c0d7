"""Amounts: sums, limits, fractions, and what is paid in advance."""

from .given import (
    UNPUBLISHED,
    YEN,
    application,
    in_two_settlements,
    items,
    paid_in_advance,
    rules,
)


def _amounts(principal: str, before: str, after: str, settled: str) -> dict[str, str]:
    return {
        "contract_principal": principal,
        "pre_shipment_amount": before,
        "post_shipment_amount": after,
        "settlement_principal_1": settled,
    }


def test_an_amount_after_shipment_is_missed() -> None:
    """Given a settlement, when the post-shipment amount is blank, then L060 refuses."""
    assert items(application(post_shipment_amount=None)) == [("L060", [35])]


def test_advance_payment_stands_alone() -> None:
    """Given full payment in advance, when another item is filled, then L061 names it."""
    filled = {
        "post_shipment_amount": ("250000", 35),
        "payment_guarantee_code_1": ("10", 37),
        "due_date_1": ("270226", 40),
        "settlement_principal_1": ("0.01", 41),
        "settlement_interest_1": ("0.01", 42),
    }

    for name, (text, number) in filled.items():
        assert items(paid_in_advance(**{name: text})) == [("L061", [number])]


def test_zero_beside_advance_payment_is_nothing() -> None:
    """Given full payment in advance, when amounts are zero, then nobody minds."""
    zeros = ("post_shipment_amount", "settlement_principal_1", "settlement_interest_1")

    assert rules(paid_in_advance(**dict.fromkeys(zeros, "0"))) == []


def test_advance_payment_and_a_second_settlement_exclude_each_other() -> None:
    """Given two settlements, when one is full payment in advance, then L062 says it all."""
    two = in_two_settlements(settlement_method_2="60", due_date_2=None)

    assert items(two) == [("L062", [36])]


def test_the_amount_is_the_sum_of_the_principals() -> None:
    """Given two principals, when they miss the amount by a cent, then L063 refuses."""
    assert rules(in_two_settlements(settlement_principal_1="125000.00")) == []
    assert items(in_two_settlements(settlement_principal_1="124999.99")) == [("L063", [35, 41])]


def test_interest_is_no_part_of_the_sum() -> None:
    """Given the right principals, when interest is stated, then the sum still holds."""
    assert rules(in_two_settlements(settlement_interest_2="1000")) == []


def test_an_unknown_principal_is_no_wrong_sum() -> None:
    """Given a missing principal, when the sum is asked for, then only L070 speaks."""
    assert rules(in_two_settlements(settlement_principal_2=None)) == ["L070"]


def test_no_more_is_settled_than_contracted() -> None:
    """Given an amount equal to the contract's, when it is a cent more, then L064 refuses."""
    assert rules(application(**_amounts("100", "100", "100", "100"))) == []
    assert rules(application(**_amounts("100", "100", "100.01", "100.01"))) == ["L064"]


def test_a_larger_fob_value_is_pointed_out() -> None:
    """Given an FOB value a cent above the contract's, when judged, then L065 warns."""
    assert rules(application(**_amounts("100", "100.01", "100", "100"))) == ["L065"]


def test_a_contract_is_over_something() -> None:
    """Given a contract over a cent, when it is over nothing, then L066 refuses."""
    assert rules(application(**_amounts("0.01", "0.01", "0", "0"))) == []
    assert items(application(**_amounts("0", "0", "0", "0"))) == [("L066", [15]), ("L066", [34])]


def test_a_currency_without_published_rate_needs_one() -> None:
    """Given such a currency, when no rate is given, then L067 asks for it."""
    assert rules(application(currency_code=UNPUBLISHED, exchange_rate="12.5")) == []
    assert items(application(currency_code=UNPUBLISHED)) == [("L067", [18, 19])]


def test_yen_have_no_fraction() -> None:
    """Given yen, when an amount has a fraction, then L068 names it; `.00` is none."""
    whole = _amounts("250000.00", "238500.00", "250000", "250000")

    assert rules(application(currency_code=YEN, **whole)) == []
    for name, number in (("pre_shipment_amount", 34), ("settlement_interest_1", 42)):
        broken = whole | {name: "1000.5"}
        assert items(application(currency_code=YEN, **broken)) == [("L068", [number])]
