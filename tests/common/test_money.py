"""Money is exact, stays in its currency and has one shape on every wire."""

from decimal import Decimal
from typing import Annotated

import pytest
from fastapi import Body, FastAPI
from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from libs.common.money import (
    AmountTooFine,
    CurrencyMismatch,
    Money,
    Ratio,
    canonical,
    half_up,
    minor_units,
    truncated,
    yen,
)

WIRE = TypeAdapter(Money)
ratios = some.decimals(0, 2, places=6).map(Ratio)
yens = some.integers(-(10**18) + 1, 10**18 - 1).map(yen)
dollars = some.decimals(-(10**15), 10**15, places=2).map(lambda amount: Money(amount, "USD"))


def usd(amount: str) -> Money:
    """Money in United States dollars."""
    return Money(Decimal(amount), "USD")


@given(dollars, dollars)
def test_what_was_added_can_be_taken_away_again(one: Money, other: Money) -> None:
    """Given two amounts, when one is added and taken away, then nothing is lost on the way."""
    assert one + other - other == one
    assert one + other == other + one


@given(yens, ratios)
def test_truncating_never_takes_a_whole_yen(amount: Money, ratio: Ratio) -> None:
    """Given any share of an amount, when truncated, then less than one yen goes missing."""
    exact = amount.amount * ratio

    kept = amount.times(ratio, truncated)

    assert 0 <= abs(exact) - abs(kept.amount) < 1


@given(some.one_of(yens, dollars))
def test_money_comes_back_from_the_wire_as_it_went(money: Money) -> None:
    """Given any money, when it is written and read, then it is the same money."""
    assert WIRE.validate_json(WIRE.dump_json(money)) == money
    assert WIRE.validate_python(WIRE.dump_python(money)) == money


@given(some.decimals(-(10**18), 10**18, places=4))
def test_a_decimal_has_one_canonical_form(value: Decimal) -> None:
    """Given a decimal with zeros to spare, when written, then both forms read the same."""
    assert canonical(value) == canonical(value.quantize(Decimal("1E-8")))
    assert Decimal(canonical(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+3", "1000"), ("0.500", "0.5"), ("-0.00", "0"), ("100", "100"), ("-1.10", "-1.1")],
)
def test_canonical_drops_zeros_exponent_and_minus_zero(value: str, text: str) -> None:
    """Given a decimal in another form, when written, then it has the one short form."""
    assert canonical(Decimal(value)) == text


def test_half_a_yen_is_rounded_up_or_truncated_as_told() -> None:
    """Given a share ending in half a yen, when rounded, then the caller's rule decides."""
    half = Ratio(Decimal("0.5"))

    assert yen(3).times(half, half_up) == yen(2)
    assert yen(3).times(half, truncated) == yen(1)
    assert yen(-3).times(half, half_up) == yen(-2)


def test_yen_and_dollars_are_never_mixed() -> None:
    """Given two currencies, when added or compared, then it is refused; they just differ."""
    with pytest.raises(CurrencyMismatch):
        yen(1) + usd("1")
    with pytest.raises(CurrencyMismatch):
        _ = yen(1) < usd("1")

    assert yen(1) != usd("1")


def test_amounts_of_one_currency_have_an_order() -> None:
    """Given 1.00 and 1.01 dollars, when compared, then a cent decides."""
    assert usd("1.00") < usd("1.01")
    assert usd("1.01") >= usd("1")
    assert max(yen(1), yen(2)) == yen(2)


def test_the_smallest_coin_is_the_limit() -> None:
    """Given a currency, when an amount is finer than its coin, then it is no money."""
    assert (minor_units("JPY"), minor_units("USD"), minor_units("KWD")) == (0, 2, 3)
    assert Money(Decimal("1.00"), "JPY") == yen(1)
    with pytest.raises(AmountTooFine):
        Money(Decimal("1.5"), "JPY")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(1.5, "USD"), (Decimal("NaN"), "USD"), (Decimal("Infinity"), "USD"), (Decimal(1), "usd")],
)
def test_floats_and_not_numbers_are_no_money(amount: Decimal, currency: str) -> None:
    """Given a float, no number or no currency, when money is made of it, then it is refused."""
    with pytest.raises(ValueError, match=r"finite decimal|capital letters"):
        Money(amount, currency)


def test_the_wire_shows_all_decimals_of_the_currency() -> None:
    """Given whole dollars and yen, when written, then dollars show cents and yen do not."""
    assert WIRE.dump_python(usd("1250000")) == {"amount": "1250000.00", "currency": "USD"}
    assert WIRE.dump_json(yen(5)) == b'{"amount":"5","currency":"JPY"}'
    assert str(usd("-0.0")) == "0.00 USD"


@pytest.mark.parametrize(
    "wire",
    [
        {"amount": 5, "currency": "JPY"},
        {"amount": "5.5", "currency": "JPY"},
        {"amount": "1e3", "currency": "JPY"},
        {"amount": "05", "currency": "JPY"},
        {"amount": "5\n", "currency": "JPY"},
        {"amount": "５", "currency": "JPY"},
        {"amount": "5", "currency": "yen"},
        {"amount": "5"},
        {"amount": "5", "currency": "JPY", "note": "x"},
        "5 JPY",
    ],
)
def test_anything_but_the_one_shape_is_refused(wire: object) -> None:
    """Given a number, a loose format or a stray member, when read, then it is refused."""
    with pytest.raises(ValidationError):
        WIRE.validate_python(wire)


class Quote(BaseModel):
    """A strict model with money in it."""

    model_config = ConfigDict(strict=True)

    premium: Money


def test_one_component_describes_money_in_both_directions() -> None:
    """Given an endpoint that takes and gives money, when documented, then there is one Money."""
    app = FastAPI()

    @app.post("/quotes")
    def quote(wish: Annotated[Quote, Body()], extra: Money) -> Quote:
        raise NotImplementedError

    schemas = app.openapi()["components"]["schemas"]

    assert [name for name in schemas if "Money" in name] == ["Money"]
    assert schemas["Money"]["properties"]["amount"]["type"] == "string"
    assert schemas["Quote"]["properties"]["premium"] == {"$ref": "#/components/schemas/Money"}


def test_a_strict_model_takes_money_from_plain_json() -> None:
    """Given a strict model, when fed parsed JSON or money itself, then both are taken."""
    wire = {"premium": {"amount": "5", "currency": "JPY"}}

    assert Quote.model_validate(wire).premium == yen(5)
    assert Quote(premium=yen(5)).model_dump(mode="json") == wire
