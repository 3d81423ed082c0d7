"""The premium of many components at once, in exact whole numbers of one wide column each."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import islice

import polars as pl

from libs.common.money import Ratio, yen

from .assessment import Assessed, Basis, Component, NotAssessed, Part, basis
from .contract import Contract
from .rulebook import Rulebook
from .tariff import Cover

# What the columns hold a unit in, as decimals. The widest product, an amount of 13 digits times
# a rate of 7 digits times three factors, stays below 10^36, and 128 bits reach past 10^38.
_AMOUNT, _EXCHANGE, _RATE, _FACTOR = 4, 4, 6, 4
_PERCENT = 2

_FIGURES: dict[str, Callable[[Component], int]] = {
    "amount": lambda c: _units(c.amount.amount, _AMOUNT),
    "ttb": lambda c: _units(c.exchange.ttb, _EXCHANGE),
    "days": lambda c: c.period.charged,
    "a": lambda c: _units(c.rates.a, _RATE),
    "b": lambda c: _units(c.rates.b, _RATE),
    "step": lambda c: 10 ** (_RATE - c.rate_decimals),
    "cover": lambda c: _units(c.cover.value, _FACTOR),
    "product": lambda c: _units(c.product.value, _FACTOR),
}


def assess_all(
    contracts: Iterable[tuple[Contract, Cover | None]], rulebook: Rulebook
) -> list[Assessed | NotAssessed]:
    """Assess many contracts, each as if it were alone, in their order."""
    found = [basis(contract, cover, rulebook) for contract, cover in contracts]
    priced = iter(
        price_all([it for one in found if isinstance(one, Basis) for it in one.components])
    )
    return [
        Assessed(one.edition, tuple(islice(priced, len(one.components))))
        if isinstance(one, Basis)
        else one
        for one in found
    ]


def price_all(components: Sequence[Component]) -> list[Part]:
    """Multiply many components out, to the same yen as one by one.

    Shape:  parts in the order of the components.
    Raises: ValueError for a figure with more decimals than the columns hold.
    Source: as `assessment.price`.
    """
    frame = pl.DataFrame(
        {
            name: pl.Series([of(c) for c in components], dtype=pl.Int128)
            for name, of in _FIGURES.items()
        }
    )
    priced = _multiply(frame)
    return [
        Part(component, yen(insured), _rate(base_rate, component), yen(premium))
        for component, (insured, base_rate, premium) in zip(components, priced.rows(), strict=True)
    ]


def _multiply(frame: pl.DataFrame) -> pl.DataFrame:
    """Apply the formula to every row; nothing is negative, so a division truncates."""
    step = pl.col("step")
    insured = pl.col("amount") * pl.col("ttb") // _wide(10 ** (_AMOUNT + _EXCHANGE))
    exact_rate = pl.col("a") * pl.col("days") + pl.col("b")
    with_rates = frame.select(
        "cover",
        "product",
        insured=insured,
        rate=(exact_rate + step // 2) // step * step,
    )
    share = pl.col("rate") * pl.col("cover") * pl.col("product")
    whole = _wide(10 ** (_PERCENT + _RATE + 2 * _FACTOR))
    return with_rates.select("insured", "rate", premium=pl.col("insured") * share // whole)


def _wide(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.Int128)


def _units(value: Decimal, decimals: int) -> int:
    shifted = value.scaleb(decimals)
    units = int(shifted)
    if units != shifted:
        raise ValueError("a figure has more decimals than its column")
    return units


def _rate(units: int, component: Component) -> Ratio:
    return Ratio(
        Decimal(units // 10 ** (_RATE - component.rate_decimals)).scaleb(-component.rate_decimals)
    )
