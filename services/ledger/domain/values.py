"""Values: of which type is what an item stands for, when it is well written."""

from collections.abc import Mapping

import polars as pl

from .layout import Column, Kind

AMOUNT = pl.Decimal(18, 2)
"""Amounts (金額): thirteen digits before and two after the point, exact."""

RATE = pl.Decimal(11, 4)
"""Exchange rates (為替換算率): seven digits before and four after the point, exact."""

_STORED: Mapping[Kind, pl.DataType] = {
    Kind.DATE: pl.Date(),
    Kind.AMOUNT: AMOUNT,
    Kind.RATE: RATE,
    Kind.FLAG: pl.Boolean(),
    Kind.PERIOD: pl.Int16(),
}


def stored_type(column: Column) -> pl.DataType:
    """Tell the type in which an item is stored; codes and texts are text."""
    return _STORED.get(column.kind, pl.String())
