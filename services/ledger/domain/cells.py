"""Cells: the text of an item, and the value it stands for if it is well written.

In a judged frame every item has two columns. `payer_code` is the text as sent, null when blank;
`payer_code.value` is the value, null when the cell is blank *or broken*. So a rule that says
something is given asks for the value, a rule that misses something asks for the text, and a
broken cell is neither: it has its own finding and is left alone by every later rule.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from . import cp932
from .layout import Column, Kind, Layout
from .register import Register
from .values import AMOUNT, RATE

AMOUNT_PATTERN = r"^[0-9]{1,13}(\.[0-9]{1,2})?$"
RATE_PATTERN = r"^[0-9]{1,7}(\.[0-9]{1,4})?$"

CHANGE, LATE_CORRECTION, CORRECTION, CANCELLATION = PROCESSING_TYPES = ("2", "3", "4", "5")
"""Processing types (処理種別): 変更, 訂正内変, 修正, 取消. Source: ledger notes §9."""

RAISED = "1"
"""What stands in a flag that is set (有); otherwise it is blank. Source: ledger notes §7."""

DELETE, MODIFY, ADD = BLOCK_FLAGS = ("1", "2", "3")
"""What is done to a block of items (修正削除フラグ). Source: ledger notes §10.2."""


def text(name: str) -> pl.Expr:
    """Take an item as it was sent."""
    return pl.col(name)


def value(name: str) -> pl.Expr:
    """Take what an item stands for."""
    return pl.col(f"{name}.value")


def country_of(name: str) -> pl.Expr:
    """Take the country in which the buyer named in an item is registered."""
    return pl.col(f"{name}.country")


def blank(name: str) -> pl.Expr:
    """Tell whether an item was left blank (未入力)."""
    return text(name).is_null()


def filled(name: str) -> pl.Expr:
    """Tell whether an item was filled in, and well."""
    return value(name).is_not_null()


def broken(name: str) -> pl.Expr:
    """Tell whether an item was filled in, but not so that it means anything."""
    return text(name).is_not_null() & value(name).is_null()


def all_digits(cell: pl.Expr, width: int) -> pl.Expr:
    """Tell whether a cell is exactly so many half-width digits (at most nineteen)."""
    # Three cheap questions: a regular expression asks the same and costs twice as much.
    number = cell.cast(pl.UInt64, strict=False).is_not_null()
    return (cell.str.len_bytes() == width) & number & ~cell.str.starts_with("+")


def any_of(conditions: Iterable[pl.Expr]) -> pl.Expr:
    """Tell whether any of some conditions holds; of none, none does."""
    return pl.any_horizontal(pl.lit(value=False), *conditions)


def is_one_of(cell: pl.Expr, codes: Sequence[str] | pl.Series) -> pl.Expr:
    """Tell whether a cell is one of these codes; a blank one is not known to be."""
    return cell.is_in(pl.lit(pl.Series(codes, dtype=pl.String)).implode())


def with_values(rows: pl.DataFrame, layout: Layout, register: Register) -> pl.DataFrame:
    """Give every item its value.

    Source: ledger notes §5.6, §7 (column "Format").
    """
    for column in layout.where(lambda column: column.kind is Kind.BUYER):
        rows = _with_buyer(rows, column.name, register)
    plain = layout.where(lambda column: column.kind is not Kind.BUYER)
    return rows.with_columns(
        *(_VALUES[column.kind](column, register).alias(f"{column.name}.value") for column in plain),
        *(_is_used(slot, layout).alias(f"settlement_{slot}.used") for slot in layout.every_slot),
    )


def is_used(slot: int) -> pl.Expr:
    """Tell whether anything stands in a settlement slot (決済欄)."""
    return pl.col(f"settlement_{slot}.used")


def _is_used(slot: int, layout: Layout) -> pl.Expr:
    columns = layout.where(lambda column: column.slot == slot)
    return pl.any_horizontal(text(column.name).is_not_null() for column in columns)


def _with_buyer(rows: pl.DataFrame, name: str, register: Register) -> pl.DataFrame:
    named = {"buyer_code": f"{name}.value", "country": f"{name}.country"}
    spellings = register.spellings.rename(named)
    return rows.join(
        spellings, left_on=name, right_on="spelling", how="left", maintain_order="left"
    )


def _digits(column: Column, _: Register) -> pl.Expr:
    cell = text(column.name)
    return pl.when(all_digits(cell, column.width)).then(cell)


def _code(column: Column, register: Register) -> pl.Expr:
    cell = text(column.name)
    return pl.when(is_one_of(cell, register.tables[column.code_table].codes())).then(cell)


def _text(column: Column, _: Register) -> pl.Expr:
    cell = text(column.name)
    return pl.when(cp932.byte_length(cell) <= column.width, cp932.is_usable(cell)).then(cell)


def _date(column: Column, _: Register) -> pl.Expr:
    # Two-digit years 00-69 are of this century, 70-99 of the last (A08): what `%y` means here.
    cell = text(column.name)
    day = cell.str.to_date("%y%m%d", strict=False)
    return pl.when(all_digits(cell, column.width)).then(day)


def _amount(column: Column, _: Register) -> pl.Expr:
    return _decimal(text(column.name), AMOUNT_PATTERN, AMOUNT)


def _rate(column: Column, _: Register) -> pl.Expr:
    return _decimal(text(column.name), RATE_PATTERN, RATE)


def _decimal(cell: pl.Expr, pattern: str, exact: pl.Decimal) -> pl.Expr:
    return pl.when(cell.str.contains(pattern)).then(cell).cast(exact, strict=False)


def _flag(column: Column, _: Register) -> pl.Expr:
    cell = text(column.name)
    return pl.when(cell == RAISED).then(cell)


def _period(column: Column, _: Register) -> pl.Expr:
    cell = text(column.name)
    number = cell.cast(pl.Int16, strict=False)
    plain = (cell.str.len_bytes() <= column.width) & ~cell.str.starts_with("+")
    return pl.when(plain, number > 0).then(number)


def _processing(column: Column, _: Register) -> pl.Expr:
    cell = text(column.name)
    return pl.when(is_one_of(cell, PROCESSING_TYPES)).then(cell)


def _block_flag(column: Column, _: Register) -> pl.Expr:
    cell = text(column.name)
    return pl.when(is_one_of(cell, BLOCK_FLAGS)).then(cell)


_VALUES: Mapping[Kind, Callable[[Column, Register], pl.Expr]] = {
    Kind.OFFICE: _code,
    Kind.DIGITS: _digits,
    Kind.CODE: _code,
    Kind.TEXT: _text,
    Kind.DATE: _date,
    Kind.AMOUNT: _amount,
    Kind.RATE: _rate,
    Kind.FLAG: _flag,
    Kind.UNIT: _code,
    Kind.PERIOD: _period,
    Kind.PROCESSING: _processing,
    Kind.BLOCK_FLAG: _block_flag,
}
