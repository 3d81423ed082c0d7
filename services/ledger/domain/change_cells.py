"""Cells of a change: what it asks for, what it finds of the contract, and what would result.

Beside its text and value (`cells.py`) every item of a change has `payer_code.cleared`: whether
the marker `-` stands there, which empties what is known. Once the state is found that a change
addresses, every item of a history has `payer_code.old`, what is known, and `payer_code.new`,
what would be known.
"""

import polars as pl

from .cells import CANCELLATION, CHANGE, CORRECTION, LATE_CORRECTION, broken, is_one_of, text, value
from .layout import Column, Layout

CLEAR = "-"
"""Empties an item, where a blank would keep it (消去). Source: ledger notes §10.1, A16."""

CLEARABLE = (
    "insured_code",
    "beneficiary_code",
    "insured_department",
    "effective_date",
    "reference_number",
    "other_insurance_flag",
    "exchange_rate",
    "effectuation_condition_flag",
    "guarantee_country",
    "guarantor_code",
    "purchase_country",
    "loading_country",
    "first_shipment_date",
    "post_shipment_amount",
    "payment_guarantee_code",
    "usance_unit",
    "usance_period",
    "due_date",
    "settlement_interest",
)
"""The fields that may be emptied. Source: ledger notes §10.1."""

INCREASE, REDUCTION, CURRENCY_CHANGE, OTHER_REASON = "01", "02", "03", "99"
"""Change reasons (変更事由) that stand for something of their own. Source: ledger notes §10.4."""

SHIPMENT_ITEMS = (
    "first_shipment_date",
    "last_shipment_date",
    "pre_shipment_amount",
    "post_shipment_amount",
)
"""The block of the shipment (船積情報), under its flag."""


def with_marks_read(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Read the marker `-` out of the cells: it is no text of theirs."""
    marked = {name: text(name).eq_missing(CLEAR) for name in layout.names}
    return rows.with_columns(
        *(mark.alias(f"{name}.cleared") for name, mark in marked.items()),
        *(pl.when(~mark).then(text(name)).alias(name) for name, mark in marked.items()),
    )


def cleared(name: str) -> pl.Expr:
    """Tell whether an item is to be emptied."""
    return pl.col(f"{name}.cleared")


def entered(name: str) -> pl.Expr:
    """Tell whether anything stands in an item, be it the marker."""
    return text(name).is_not_null() | cleared(name)


def is_clear(column: Column) -> pl.Expr:
    """Tell whether it is known what an item asks for; one that is not has its own finding."""
    unclear = broken(column.name)
    return ~(unclear if column.field in CLEARABLE else unclear | cleared(column.name))


def old(name: str) -> pl.Expr:
    """Take what is known of an item."""
    return pl.col(f"{name}.old")


def new(name: str) -> pl.Expr:
    """Take what would be known of an item."""
    return pl.col(f"{name}.new")


def is_changed(name: str) -> pl.Expr:
    """Tell whether an item would be another one."""
    return new(name).ne_missing(old(name))


def is_change() -> pl.Expr:
    """Tell the changes of an export contract (変更)."""
    return value("processing_type") == CHANGE


def is_correction() -> pl.Expr:
    """Tell the corrections of what was entered (修正, 訂正内変)."""
    return is_one_of(value("processing_type"), (CORRECTION, LATE_CORRECTION))


def is_cancellation() -> pl.Expr:
    """Tell the cancellations (取消)."""
    return value("processing_type") == CANCELLATION


def is_increase() -> pl.Expr:
    """Tell the increases, which are branches of their own (増額新規)."""
    return is_change() & (value("change_reason") == INCREASE)


def is_for(reason: str) -> pl.Expr:
    """Tell the changes for a reason."""
    return is_change() & (value("change_reason") == reason)
