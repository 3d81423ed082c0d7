"""Records of fixed width (DOS/text): cells cut out by bytes, before any decoding."""

from bisect import bisect_right

import numpy as np
import polars as pl

from .blocks import NEWLINE, RETURN, STRAY, Bytes, Charset, Fault, Records, as_bytes, decode
from .csv_records import without_padding
from .layout import Layout, by_bytes

_SEPARATOR = 0x1F


def read(block: bytes, charset: Charset, layout: Layout | None) -> Records | Fault:
    """Read a block of records; the first one of a file shows its layout.

    Source: ledger notes §5.4 (layout by length) and §13 (positions are bytes, not characters).
    """
    layout = layout or by_bytes(_first_width(block))
    if layout is None:
        return Fault("L010", "wrong-width", 0)
    separated = _separated(block, layout)
    if separated is None:
        return _other_width(block, layout)
    content = decode(separated, charset)
    if isinstance(content, int):
        return Fault("L007", "unencodable", *_place(content, layout))
    bare_line_feeds = block.count(b"\n") != block.count(b"\r\n")
    return Records(_parse(content, layout), layout, bare_line_feeds)


def _first_width(block: bytes) -> int:
    return len(block.partition(b"\n")[0].removesuffix(b"\r"))


def _separated(block: bytes, layout: Layout) -> bytes | None:
    """Put a separator behind every cell of every record, without touching a cell.

    Shape: `layout.record_bytes` plus one byte per column for each record; none if a record is
    longer or shorter than the others.
    """
    lines = as_bytes(block.replace(b"\r\n", b"\n"))
    width = layout.record_bytes + 1
    records, rest = divmod(len(lines), width)
    table = lines[: records * width].reshape(records, width)
    if rest or (table == NEWLINE).sum() != records or (table[:, -1] != NEWLINE).any():
        return None

    separated = np.full((records, layout.record_bytes + len(layout.columns)), _SEPARATOR, np.uint8)
    for index, column in enumerate(layout.columns):
        begins = column.begins + index
        cells = table[:, column.begins : column.begins + column.width]
        separated[:, begins : begins + column.width] = _without_marks(cells)
    separated[:, -1] = NEWLINE
    return separated.tobytes()


def _place(offset: int, layout: Layout) -> tuple[int, int]:
    record, position = divmod(offset, layout.record_bytes + len(layout.columns))
    begins = [column.begins + index for index, column in enumerate(layout.columns)]
    return record, bisect_right(begins, position) - 1


def _parse(content: str, layout: Layout) -> pl.DataFrame:
    rows = pl.read_csv(
        content.encode(),
        has_header=False,
        schema=dict.fromkeys(layout.names, pl.String),
        separator=chr(_SEPARATOR),
        quote_char=None,
    )
    return without_padding(rows)


def _without_marks(cells: Bytes) -> Bytes:
    # A control byte in a cell is a fault of the cell; it must not end it, nor the record.
    marks = (cells == _SEPARATOR) | (cells == RETURN)
    return np.where(marks, np.uint8(STRAY), cells) if marks.any() else cells


def _other_width(block: bytes, layout: Layout) -> Fault:
    lines = block.removesuffix(b"\n").split(b"\n")
    widths = [len(line.removesuffix(b"\r")) for line in lines]
    wrong = (record for record, width in enumerate(widths) if width != layout.record_bytes)
    return Fault("L011", "wrong-width", next(wrong, 0))
