"""Syntax: whether each item, by itself, is well written.

Asked only of records in which something is missing or broken, so these may take their time.

Source: ledger notes §5.6, §5.7, §7, §14; rules L021 to L026, L030, L042, L076, L100, L120.
"""

from collections.abc import Callable

import polars as pl

from .. import cp932
from ..case import Case
from ..cells import any_of, blank, broken, text
from ..layout import Column, Kind
from .declaring import item_rule

_BUYER_CODE = r"^[0-9]{6}-?[0-9]$"


def needs_a_look(records: pl.DataFrame, case: Case) -> pl.Expr:
    """Tell which records can have a finding of this theme at all."""
    # Counts are known beforehand, so that a column without a fault costs nothing.
    nulls = {column.name: column.null_count() for column in records}
    mandatory = (column.name for column in case.layout.columns if column.mandatory)
    missing = (blank(name) for name in mandatory if nulls[name])
    wrong = (broken(name) for name in case.layout.names if nulls[name] != nulls[f"{name}.value"])
    return any_of([*missing, *wrong])


def _is(*kinds: Kind) -> Callable[[Column], bool]:
    return lambda column: column.kind in kinds


def _is_digits(column: Column) -> pl.Expr:
    pattern = _BUYER_CODE if column.kind is Kind.BUYER else rf"^[0-9]{{{column.width}}}$"
    return text(column.name).str.contains(pattern)


@item_rule("L021", _is(Kind.OFFICE, Kind.DIGITS, Kind.CODE, Kind.BUYER), code="bad-format")
def is_not_digits(_: Case, column: Column) -> pl.Expr:
    """A code is not exactly its number of half-width digits."""
    return broken(column.name) & ~_is_digits(column)


@item_rule("L022", _is(Kind.TEXT), code="too-long")
def is_too_long(_: Case, column: Column) -> pl.Expr:
    """A text takes more bytes than its field has."""
    return cp932.byte_length(text(column.name)) > column.width


@item_rule("L022", _is(Kind.TEXT), code="unencodable")
def has_unusable_characters(_: Case, column: Column) -> pl.Expr:
    """A text has control characters, or some that CP932 does not know."""
    cell = text(column.name)
    return (cp932.byte_length(cell) <= column.width) & ~cp932.is_usable(cell)


@item_rule("L023", _is(Kind.DATE), code="bad-date")
def is_no_date(_: Case, column: Column) -> pl.Expr:
    """A date is not six half-width digits, or not a day of the calendar."""
    return broken(column.name)


@item_rule("L024", _is(Kind.AMOUNT, Kind.RATE), code="bad-format")
def is_no_amount(_: Case, column: Column) -> pl.Expr:
    """An amount or rate is not a plain decimal number."""
    return broken(column.name)


@item_rule("L025", _is(Kind.CODE), code="not-in-code-table")
def is_not_in_code_table(_: Case, column: Column) -> pl.Expr:
    """A code is well written, but its code table does not have it."""
    return broken(column.name) & _is_digits(column)


@item_rule("L026", _is(Kind.FLAG), code="bad-format")
def is_no_flag(_: Case, column: Column) -> pl.Expr:
    """A flag is something else than 1."""
    return broken(column.name)


@item_rule("L030", _is(Kind.OFFICE), code="not-in-code-table")
def is_no_office(_: Case, column: Column) -> pl.Expr:
    """The branch office is neither the head office nor the Osaka branch (本支店)."""
    return broken(column.name) & _is_digits(column)


@item_rule("L042", _is(Kind.BUYER), code="unknown-reference")
def is_not_registered(_: Case, column: Column) -> pl.Expr:
    """A buyer code is well written, but not in the buyer register (海外商社名簿)."""
    return broken(column.name) & _is_digits(column)


@item_rule("L076", _is(Kind.UNIT, Kind.PERIOD), code="out-of-range")
def is_no_usance(_: Case, column: Column) -> pl.Expr:
    """The unit of a usance is neither months nor days, or its period not 1 to 999."""
    return broken(column.name)


@item_rule("L100", _is(Kind.PROCESSING), code="out-of-range")
def is_no_processing_type(_: Case, column: Column) -> pl.Expr:
    """The processing type (処理種別) is neither change, correction nor cancellation."""
    return broken(column.name)


@item_rule("L120", _is(Kind.BLOCK_FLAG), code="out-of-range")
def is_no_block_flag(_: Case, column: Column) -> pl.Expr:
    """A flag says neither delete, modify nor add (修正削除フラグ)."""
    return broken(column.name)
