"""Completeness: whether a new application has everything that is mandatory (L020).

Source: ledger notes §7 (column "Req"), §14.
"""

import polars as pl

from ..case import Case
from ..cells import blank
from ..layout import Column
from .declaring import item_rule, record_rule
from .settlements import has_settlement


@item_rule("L020", lambda column: column.mandatory and column.slot is None, code="required")
def is_missing(_: Case, column: Column) -> pl.Expr:
    """A mandatory item is blank."""
    return blank(column.name)


@record_rule("L020", "settlement_method", code="required")
def has_no_settlement(case: Case) -> pl.Expr:
    """The record names no settlement at all."""
    return ~has_settlement(case)
