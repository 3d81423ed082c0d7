"""Parties and countries of a new application (L040, L041, L043).

Source: ledger notes §7 (items 23 to 31), §14; code tables: contract forms.
"""

import polars as pl

from ..case import Case
from ..cells import blank, country_of, filled, value
from ..layout import Column
from .declaring import item_rule, named, record_rule

EXPORT = "11"
INTERMEDIARY_TRADE = "15"

_intermediary_items = named("purchase_country", "loading_country")


@item_rule("L040", _intermediary_items, code="required")
def lacks_intermediary_country(_: Case, column: Column) -> pl.Expr:
    """Intermediary trade (仲介貿易) without the country of purchase or of loading."""
    return (value("contract_form") == INTERMEDIARY_TRADE) & blank(column.name)


@item_rule("L041", _intermediary_items, code="not-allowed-here")
def has_intermediary_country(_: Case, column: Column) -> pl.Expr:
    """An export with a country of purchase or of loading."""
    return (value("contract_form") == EXPORT) & filled(column.name)


@record_rule("L043", "payment_country", "payer_code", code="not-allowed-here")
def pays_from_elsewhere(_: Case) -> pl.Expr:
    """The payer (支払人) is registered in another country than the one of payment."""
    return country_of("payer_code") != value("payment_country")


@record_rule("L043", "guarantee_country", "guarantor_code", code="not-allowed-here")
def guarantees_from_elsewhere(_: Case) -> pl.Expr:
    """The guarantor (保証人) is registered in another country than the one of guarantee."""
    return country_of("guarantor_code") != value("guarantee_country")


@record_rule("L043", "sales_country", "sales_counterparty_code", code="not-allowed-here")
def buys_from_elsewhere(_: Case) -> pl.Expr:
    """The counterparty (売契約相手方) is registered in another country than the one of sale."""
    given = filled("sales_country") | filled("sales_counterparty_code")
    home = pl.when(blank("sales_counterparty_code")).then(country_of("payer_code"))
    country = pl.when(blank("sales_country")).then(value("payment_country"))
    return given & (
        home.otherwise(country_of("sales_counterparty_code"))
        != country.otherwise(value("sales_country"))
    )
