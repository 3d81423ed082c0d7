"""Overlay: the state that would result of a change, laid over the state it addresses.

Source: ledger notes §10.1 to §10.4.
"""

from collections.abc import Iterator

import polars as pl

from .addressing import opens_branch
from .cells import CHANGE, DELETE, blank, filled, is_one_of, value
from .change_cells import (
    cleared,
    is_cancellation,
    is_change,
    is_clear,
    is_correction,
    is_increase,
    new,
    old,
)
from .layout import Column, Kind, slotted
from .register import Register
from .rules.settlements import ADVANCE_PAYMENT
from .states import CONTENT, INSURED_AMOUNTS
from .values import AMOUNT

_USANCE = ("usance_unit", "usance_period")


def with_results(addressed: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Lay what requests ask for over what is known.

    A blank keeps what is known, the marker empties it. What was once a default stays as it is;
    only an increase, which begins with nothing, takes the defaults of a new application.

    Shape: adds `*.new` for the items of a state, its reason and its dates; null where a request
           is not clear about an item.
    """
    laid = addressed.with_columns(
        _laid(column, register).alias(f"{column.name}.new") for column in CONTENT
    )
    return laid.with_columns(*_defaults(), *_of_the_history())


def _laid(column: Column, register: Register) -> pl.Expr:
    name = column.name
    if column.kind is Kind.FLAG:
        kept = pl.when(cleared(name)).then(pl.lit(value=False)).otherwise(old(name))
        laid = filled(name) | kept.fill_null(value=False)
    else:
        emptied = cleared(name) | _is_left_out(column, register)
        kept = pl.when(~emptied.fill_null(value=False)).then(old(name))
        laid = pl.when(filled(name)).then(value(name)).otherwise(kept)
    said = pl.when(is_clear(column)).then(_unless_deleted(column, laid))
    return pl.when(is_cancellation()).then(old(name)).otherwise(said)


def _unless_deleted(column: Column, laid: pl.Expr) -> pl.Expr:
    """Empty a deleted settlement; a deleted shipment is one over nothing."""
    if column.slot is not None:
        return pl.when(~_is_deleted(slotted("settlement_flag", column.slot))).then(laid)
    if column.field in INSURED_AMOUNTS:
        return pl.when(_is_deleted("shipment_flag")).then(pl.lit(0, AMOUNT)).otherwise(laid)
    return laid


def _is_deleted(flag: str) -> pl.Expr:
    return value(flag).eq_missing(DELETE)


def _is_left_out(column: Column, register: Register) -> pl.Expr:
    """Tell whether a new method of settlement has no use for what is known of an item."""
    if column.slot is None or column.field == "settlement_method":
        return pl.lit(value=False)
    method = value(slotted("settlement_method", column.slot))
    left_out = method == ADVANCE_PAYMENT
    if column.field in _USANCE:
        left_out |= ~is_one_of(method, _methods(register, "longest_usance"))
    if column.field == "due_date":
        left_out |= ~is_one_of(method, _methods(register, "original_due_date"))
    return left_out


def _methods(register: Register, calls_for: str) -> list[str]:
    return register.tables["settlement_methods"].codes(input_method=calls_for)


def _defaults() -> Iterator[pl.Expr]:
    """Fill in the defaults: an emptied insured or beneficiary is the applicant again."""
    for name in ("insured_code", "beneficiary_code"):
        is_emptied = cleared(name) & ~is_cancellation()
        is_applicant = is_emptied | (is_increase() & blank(name))
        by_default = pl.when(is_applicant).then(value("applicant_code"))
        yield by_default.otherwise(new(name)).alias(f"{name}.new")
    for name, like in (
        ("sales_country", "payment_country"),
        ("sales_counterparty_code", "payer_code"),
    ):
        by_default = pl.when(is_increase() & blank(name)).then(new(like))
        yield by_default.otherwise(new(name)).alias(f"{name}.new")


def _of_the_history() -> Iterator[pl.Expr]:
    """Date and explain the history; a correction may only correct what was said of a change."""
    for name in ("change_reason", "contract_change_date"):
        was_changed = old("processing_type") == CHANGE
        corrected = pl.when(is_correction() & was_changed).then(value(name))
        kept = pl.coalesce(corrected, old(name))
        yield pl.when(is_change()).then(value(name)).otherwise(kept).alias(f"{name}.new")
    applied = pl.when(is_change()).then(value("application_date"))
    yield applied.otherwise(old("application_date")).alias("application_date.new")
    original = pl.when(opens_branch()).then(value("original_branch_number"))
    yield original.otherwise(old("original_branch_number")).alias("original_branch_number.new")
