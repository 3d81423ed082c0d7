"""A ledger as a sheet (台帳の様式): the items of each line in columns, as people write them."""

from collections.abc import Sequence

import polars as pl

from .cells import RAISED
from .layout import Column, Kind
from .states import ITEMS
from .telling import spread_settlements

_NUMBERS = (Kind.AMOUNT, Kind.RATE)
_TRAILING_ZEROS = r"\.?0+$"


def written_out(lines: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Write stored items out in these columns, settlements spread over their slots.

    Amounts and rates lose the zeros behind the point that say nothing; a flag is 1 or nothing, as
    in the files that come in.

    Shape: all text, days as `2026-08-25`.
    """
    spread = spread_settlements(lines.with_columns(pl.col("settlements").fill_null("[]")))
    return spread.with_columns(map(_written, ITEMS)).select(names)


def _written(item: Column) -> pl.Expr:
    cell = pl.col(item.name)
    if item.kind in _NUMBERS:
        return cell.str.replace(_TRAILING_ZEROS, "").alias(item.name)
    if item.kind is Kind.FLAG:
        return pl.when(cell == "t").then(pl.lit(RAISED)).alias(item.name)
    return cell
