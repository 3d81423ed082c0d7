"""Records of fixed width (固定長レコード): a branch as it stands, as an application says it."""

import polars as pl

from .cp932 import byte_length
from .layout import NEW_APPLICATIONS_EXTENDED, Column, Kind
from .partition import POLICY, POLICY_PARTS

_RECORD_END = "\r\n"


def as_records(sheet: pl.DataFrame) -> str:
    """Write lines of a sheet as records of layout 2103, with room for five settlements.

    A line that has no history is left out. What an application does not say is not written.

    Shape:  `sheet` has the policy number, the branch and the items, as in `sheet.written_out`.
    Source: ledger notes §13.
    """
    cells = [_placed(column) for column in NEW_APPLICATIONS_EXTENDED.columns]
    lines = sheet.filter(pl.col("status").is_not_null())
    records = lines.select(record=pl.concat_str([*cells, pl.lit(_RECORD_END)]))
    return "".join(records["record"])


def _placed(column: Column) -> pl.Expr:
    """Fill a cell with spaces up to its width in bytes, on its side."""
    cell = _cell(column).fill_null("")
    spaces = pl.lit(" " * column.width).str.head(column.width - byte_length(cell).cast(pl.Int64))
    return pl.concat_str([spaces, cell] if column.right_justified else [cell, spaces])


def _cell(column: Column) -> pl.Expr:
    if column.field == "first_shipment_date":
        return pl.lit(None, pl.String)
    if column.field in POLICY_PARTS:
        begin, end = POLICY_PARTS[column.field]
        return pl.col(POLICY).str.slice(begin, end - begin)
    cell = pl.col(column.name)
    return cell.str.slice(2).str.replace_all("-", "") if column.kind is Kind.DATE else cell
