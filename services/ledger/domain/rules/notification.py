"""Notification of changes in time (通知義務; L130, L131, L138): they warn, staff decide (2110).

Source: ledger notes §11, §14.
"""

import polars as pl

from ..case import Case
from ..cells import value
from ..change_cells import is_change
from .declaring import record_rule


@record_rule("L130", "contract_change_date", code="out-of-range")
def is_told_late(case: Case) -> pl.Expr:
    """A significant change (重大な変更) was notified too long after it was made."""
    return pl.col("is_significant") & (pl.col("told_until") < pl.lit(case.received_on))


@record_rule("L131", "contract_change_date", code="out-of-range")
def is_to_be_approved(case: Case) -> pl.Expr:
    """The change is yet to be made: its approval is asked for (事前承認)."""
    return is_change() & (value("contract_change_date") > pl.lit(case.received_on))


@record_rule("L138", "application_date", "last_shipment_date", "due_date", code="out-of-range")
def is_told_after_cover(case: Case) -> pl.Expr:
    """A significant change was notified when there was nothing left to be covered."""
    return pl.col("is_significant") & (pl.col("cover_until") < pl.lit(case.received_on))
