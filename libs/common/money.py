"""Money (金額): an exact amount in one currency, and the ratios it is multiplied by."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import cache, total_ordering
from re import compile as pattern
from typing import Any, NewType

from babel.numbers import get_currency_precision
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Ratio = NewType("Ratio", Decimal)
"""A share of an amount (率): a rate, a cover ratio, an indemnity ratio."""

AMOUNT_PATTERN = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"

# Wide enough for any product we form; a result that would not fit raises, it is never rounded.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])
_CURRENCY = pattern(CURRENCY_PATTERN)


class CurrencyMismatch(ValueError):
    """Amounts in two currencies cannot be added or compared."""


class AmountTooFine(ValueError):
    """An amount has more decimals than its currency knows."""


@cache
def minor_units(currency: str) -> int:
    """Tell how many decimals a currency has (補助単位): JPY 0, USD 2, KWD 3.

    Source: ISO 4217, as carried by the Unicode CLDR.
    """
    return get_currency_precision(currency)


def canonical(value: Decimal) -> str:
    """Write a decimal in its one shortest form: no exponent, no trailing zeros, no minus zero."""
    return format(value.normalize(_EXACT), "f") if value else "0"


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (金額), never finer than the currency's smallest coin.

    Raises: AmountTooFine; ValueError for what is neither an amount nor a currency.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Refuse what cannot be money."""
        if type(self.amount) is not Decimal or not self.amount.is_finite():
            raise ValueError("an amount is a finite decimal")
        most = _decimals_of(self.currency)
        # Zeros at the end do not count, but few amounts have so many that it matters.
        if _decimals(self.amount) > most and _decimals(self.amount.normalize(_EXACT)) > most:
            raise AmountTooFine(self.currency)

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency."""
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Take away an amount of the same currency."""
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> "Money":
        """Turn the sign."""
        return Money(_EXACT.minus(self.amount), self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Compare with an amount of the same currency."""
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        """Tell whether there is any money at all."""
        return bool(self.amount)

    def __str__(self) -> str:
        """Write the amount with all decimals of its currency: `1250000.00 USD`."""
        return f"{self.amount_text} {self.currency}"

    @property
    def amount_text(self) -> str:
        """The amount with exactly the decimals of its currency, as it stands on the wire."""
        return format(_EXACT.plus(self.amount), f".{minor_units(self.currency)}f")

    def times(self, ratio: Ratio | int, rounding: "Rounding") -> "Money":
        """Multiply, and say how the last coin is rounded: `insured.times(rate, truncated)`."""
        return rounding(_EXACT.multiply(self.amount, Decimal(ratio)), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type["Money"], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read and write the one wire shape, also where the model is strict."""
        return core_schema.no_info_wrap_validator_function(
            _from_wire,
            _WIRE,
            serialization=core_schema.plain_serializer_function_ser_schema(_to_wire),
            ref=f"{cls.__module__}.{cls.__qualname__}",
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe money once, for requests, answers and events alike."""
        return {
            "title": "Money",
            "description": "An exact amount in one currency (金額), with at most its decimals.",
            "type": "object",
            "properties": {
                "amount": {"type": "string", "pattern": AMOUNT_PATTERN},
                "currency": {"type": "string", "pattern": CURRENCY_PATTERN},
            },
            "required": ["amount", "currency"],
            "examples": [{"amount": "1250000.00", "currency": "USD"}],
        }


Rounding = Callable[[Decimal, str], Money]
"""How an exact figure becomes money: `truncated` or `half_up`."""


def truncated(exact: Decimal, currency: str) -> Money:
    """Drop what is smaller than the currency's smallest coin (切捨て)."""
    return Money(_rounded(exact, currency, ROUND_DOWN), currency)


def half_up(exact: Decimal, currency: str) -> Money:
    """Round to the currency's smallest coin, halves away from zero (四捨五入)."""
    return Money(_rounded(exact, currency, ROUND_HALF_UP), currency)


def yen(amount: int) -> Money:
    """Money in Japanese yen (円)."""
    return Money(Decimal(amount), "JPY")


def _rounded(exact: Decimal, currency: str, rounding: str) -> Decimal:
    smallest = Decimal(1).scaleb(-minor_units(currency))
    return exact.quantize(smallest, rounding=rounding, context=Context(prec=60))


def _decimals(amount: Decimal) -> int:
    return -int(amount.as_tuple().exponent)


@cache
def _decimals_of(currency: str) -> int:
    if not _CURRENCY.match(currency):
        raise ValueError("a currency is three capital letters")
    return minor_units(currency)


_WIRE = core_schema.typed_dict_schema(
    {
        "amount": core_schema.typed_dict_field(
            core_schema.str_schema(pattern=AMOUNT_PATTERN, strict=True)
        ),
        "currency": core_schema.typed_dict_field(
            core_schema.str_schema(pattern=CURRENCY_PATTERN, strict=True)
        ),
    },
    extra_behavior="forbid",
)


def _from_wire(value: Any, read: core_schema.ValidatorFunctionWrapHandler) -> Money:
    if isinstance(value, Money):
        return value
    wire = read(value)
    try:
        return Money(Decimal(wire["amount"]), wire["currency"])
    except AmountTooFine:
        raise PydanticCustomError(
            "bad-format", "the amount has more decimals than its currency"
        ) from None


def _to_wire(value: Money) -> dict[str, str]:
    return {"amount": value.amount_text, "currency": value.currency}
