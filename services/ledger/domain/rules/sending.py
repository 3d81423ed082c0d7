"""Sending: what a record of either layout says of its being sent (L053, L055).

Source: ledger notes §7 (items 10, 32), §14.
"""

import polars as pl

from ..case import Case
from ..cells import filled, value
from .declaring import record_rule


@record_rule("L053", "application_date", code="out-of-range")
def is_not_the_day_of_receipt(case: Case) -> pl.Expr:
    """The day of application (保険申込日) is not the day of receipt."""
    return value("application_date") != pl.lit(case.received_on)


@record_rule("L055", "first_shipment_date", code="not-allowed-here")
def has_first_shipment(_: Case) -> pl.Expr:
    """A first shipment (F/S) is given, which nobody needs."""
    return filled("first_shipment_date")
