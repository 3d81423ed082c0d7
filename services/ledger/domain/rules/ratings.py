"""Ratings (格付): no new credit cover on a buyer in an accident class (L140).

Source: ours; domain notes §3.1 and §3.2 (ER, GR and SR are accident classes).
"""

import polars as pl

from ..case import Case
from ..cells import is_one_of, value
from ..layout import Column
from .declaring import item_rule, named


@item_rule("L140", named("payer_code", "sales_counterparty_code"), code="rating-not-covered")
def is_in_an_accident_class(case: Case, column: Column) -> pl.Expr:
    """The payer or the counterparty has not paid before (事故格付)."""
    accidents = case.register.accident_buyers
    return is_one_of(value(column.name), accidents) if len(accidents) else pl.lit(value=False)
