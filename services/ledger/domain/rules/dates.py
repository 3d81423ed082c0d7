"""Dates of a new application, one against the other (L050-L055).

Source: ledger notes §7 (items 10 to 13, 22, 32, 33), §14.
"""

import polars as pl

from ..case import Case
from ..cells import blank, filled, value
from .declaring import record_rule


@record_rule("L050", "effective_date", "effectuation_condition_flag", code="required")
def lacks_effective_date(_: Case) -> pl.Expr:
    """There is an effectuation condition (発効条件), but no effective date."""
    return filled("effectuation_condition_flag") & blank("effective_date")


@record_rule("L051", "effectuation_condition_flag", "effective_date", code="required")
def lacks_effectuation_flag(_: Case) -> pl.Expr:
    """There is an effective date, but no effectuation condition."""
    return filled("effective_date") & blank("effectuation_condition_flag")


@record_rule("L052", "contract_date", "application_date", code="date-order")
def is_concluded_after_application(_: Case) -> pl.Expr:
    """The contract was concluded after the day of application."""
    return value("contract_date") > value("application_date")


@record_rule("L053", "application_date", code="out-of-range")
def is_not_the_day_of_receipt(case: Case) -> pl.Expr:
    """The day of application (保険申込日) is not the day of receipt."""
    return value("application_date") != pl.lit(case.received_on)


@record_rule("L054", "last_shipment_date", "contract_date", code="date-order")
def is_shipped_before_conclusion(_: Case) -> pl.Expr:
    """The last shipment (L/S) lies before the conclusion of the contract."""
    return value("last_shipment_date") < value("contract_date")


@record_rule("L055", "first_shipment_date", code="not-allowed-here")
def has_first_shipment(_: Case) -> pl.Expr:
    """A first shipment (F/S) is given, which nobody needs."""
    return filled("first_shipment_date")
