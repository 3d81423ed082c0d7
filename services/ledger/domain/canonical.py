"""Canonical rows: an accepted record as it is stored, defaults filled in (正規化)."""

import polars as pl

from .cells import blank, filled, value
from .layout import Column, Kind, Layout
from .partition import FIRST_BRANCH, POLICY
from .states import ACTIVE, FIRST_HISTORY, NEW_APPLICATION

_DEFAULTS = {
    "insured_code": "applicant_code",
    "beneficiary_code": "applicant_code",
    "sales_country": "payment_country",
    "sales_counterparty_code": "payer_code",
}
_LEFT_OUT = {"fiscal_year", "serial_number", "first_shipment_date"}
_HISTORY = {
    "history_number": pl.lit(FIRST_HISTORY),
    "revision": pl.lit(0, pl.Int16),
    "status": pl.lit(ACTIVE),
    "processing_type": pl.lit(NEW_APPLICATION),
    "change_reason": pl.lit(None, pl.String),
    "valid_from": value("contract_date"),
}


def canonical(records: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Take of accepted records what is stored: the first state (履歴 00) of each branch.

    A blank insured or beneficiary is the applicant; a blank country or party of sale is that of
    payment; a blank branch is 00. Year and serial live on in the policy number, and the first
    shipment is ignored. What is held true is so from the day the export contract was concluded.

    Shape:  `row`, `policy_number`, `bucket`, then the items by name: dates as dates, amounts
            `Decimal(18, 2)`, the rate `Decimal(11, 4)`, flags as booleans, codes as text;
            then what `contract_histories` says of a history besides.
    Source: ledger notes §7.
    """
    items = layout.where(lambda column: column.field not in _LEFT_OUT)
    return records.select("row", POLICY, "bucket", *map(_stored, items), **_HISTORY)


def _stored(column: Column) -> pl.Expr:
    item = value(column.name)
    if column.kind is Kind.FLAG:
        return filled(column.name).alias(column.name)
    if column.field == "branch_number":
        return item.fill_null(FIRST_BRANCH).alias(column.name)
    if column.field in _DEFAULTS:
        default = pl.when(blank(column.name)).then(value(_DEFAULTS[column.field]))
        return default.otherwise(item).alias(column.name)
    return item.alias(column.name)
