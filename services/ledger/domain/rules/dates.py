"""Dates of a contract, one against the other (L050-L052, L054).

Source: ledger notes §7 (items 10, 12, 13, 22, 33), §14.
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


@record_rule("L054", "last_shipment_date", "contract_date", code="date-order")
def is_shipped_before_conclusion(_: Case) -> pl.Expr:
    """The last shipment (L/S) lies before the conclusion of the contract."""
    return value("last_shipment_date") < value("contract_date")
