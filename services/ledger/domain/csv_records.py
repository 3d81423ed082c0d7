"""Records separated by commas (DOS/CSV): where cells and records end, and what is misplaced."""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from .blocks import (
    COMMA,
    NEWLINE,
    QUOTE,
    RETURN,
    SPACE,
    STRAY,
    Bytes,
    Charset,
    Fault,
    Mask,
    Records,
    as_bytes,
    decode,
    inside_quotes,
)
from .layout import Layout, by_columns

CELL_BYTES = 10_000
"""No cell is longer. Source: security notes §5."""

_BOM = "\ufeff"
_STRAY_RETURN = re.compile(r"\r(?!\n)")


def read(block: bytes, charset: Charset, layout: Layout | None) -> Records | Fault:
    """Read a block of records; the first one of a file shows its layout.

    Source: ledger notes §5.3 (dialect) and §5.4 (layout by the number of columns).
    """
    marks = _outline(block)
    content = decode(block, charset)
    if isinstance(content, int):
        return Fault("L007", "unencodable", *marks.place(content))
    misplaced = _misplaced_quote(block, marks)
    if misplaced is not None:
        return Fault("L010", "misplaced-quote", *marks.place(misplaced))
    begins = layout is None
    layout = layout or by_columns(marks.first_width())
    if layout is None:
        return Fault("L010", "wrong-width", 0)
    rows = _rows(content, marks, layout)
    if isinstance(rows, Fault):
        return rows
    if begins and layout.heads(rows.row(0)):
        return Fault("L010", "heading", 0)
    return Records(rows, layout, marks.has_bare_line_feeds())


def without_padding(rows: pl.DataFrame) -> pl.DataFrame:
    """Strip the half-width spaces around cells; a cell of nothing else is blank."""
    stripped = pl.all().str.strip_chars(" ")
    return rows.select(pl.when(stripped != "").then(stripped))


@dataclass(frozen=True, slots=True)
class _Outline:
    """Where the cells and the records of a block end: commas and line ends outside quotes."""

    raw: Bytes
    commas: Mask
    ends: Mask
    quoted: bool

    def first_width(self) -> int:
        """Count the cells of the first record."""
        return int(np.count_nonzero(self.commas[: int(self.ends.argmax())])) + 1

    def has_bare_line_feeds(self) -> bool:
        """Tell whether a record ends with LF alone."""
        return bool((self.raw[np.flatnonzero(self.ends) - 1] != RETURN).any())

    def has_stray_returns(self) -> bool:
        """Tell whether a CR stands anywhere but before a LF."""
        before = self.raw[np.flatnonzero(self.raw == NEWLINE) - 1]
        return int(np.count_nonzero(self.raw == RETURN)) != int(np.count_nonzero(before == RETURN))

    def has_padding(self) -> bool:
        """Tell whether a cell may begin or end with a space, or be quoted and yet blank."""
        spaces = np.flatnonzero(self.raw == SPACE)
        beside = np.concatenate([self.raw[spaces - 1], self.raw[(spaces + 1) % len(self.raw)]])
        return self.quoted or bool(np.isin(beside, (COMMA, NEWLINE, RETURN)).any())

    def place(self, offset: int) -> tuple[int, int]:
        """Find the record and the column of a byte, counted from 0."""
        ends = np.flatnonzero(self.ends[:offset])
        begins = int(ends[-1]) if len(ends) else 0
        return len(ends), int(np.count_nonzero(self.commas[begins:offset]))


def _outline(block: bytes) -> _Outline:
    raw = as_bytes(block)
    commas, ends, quoted = raw == COMMA, raw == NEWLINE, b'"' in block
    if quoted:
        outside = ~inside_quotes(raw)
        commas, ends = commas & outside, ends & outside
    return _Outline(raw, commas, ends, quoted)


def _misplaced_quote(block: bytes, marks: _Outline) -> int | None:
    """Find the first quote that neither opens nor closes a cell, nor stands doubled in one."""
    if not marks.quoted:
        return None
    quotes = np.flatnonzero(marks.raw == QUOTE)
    opening, closing = quotes[::2], quotes[1::2]
    # Two bytes behind the end, so that every quote has neighbours.
    around = as_bytes(b"\n" + block + b"\n\n")
    before, after, behind = around[opening], around[closing + 2], around[closing + 3]
    opens = np.isin(before, (COMMA, NEWLINE, QUOTE))
    closes = np.isin(after, (COMMA, NEWLINE, QUOTE)) | (after == RETURN) & (behind == NEWLINE)
    unclosed = quotes[-1:] if len(quotes) % 2 else quotes[:0]
    wrong = np.concatenate([opening[~opens], closing[~closes], unclosed])
    return int(wrong.min()) if len(wrong) else None


def _rows(content: str, marks: _Outline, layout: Layout) -> pl.DataFrame | Fault:
    commas_each = len(layout.columns) - 1
    if np.count_nonzero(marks.commas) != np.count_nonzero(marks.ends) * commas_each:
        return _other_width(marks, commas_each)
    try:
        rows = _parse(_undisturbed(content, marks), layout, quoted=marks.quoted)
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        # The sum was right, but one record has a cell too many and another one too few.
        return _other_width(marks, commas_each)
    if marks.has_padding():
        rows = without_padding(rows)
    endless = _endless_cell(rows)
    return rows if endless is None else endless


def _undisturbed(content: str, marks: _Outline) -> str:
    """Keep the parser from dropping what it takes for marks of a file."""
    if content.startswith(_BOM):
        content = _BOM + content
    # A CR at the end of a cell is a control character like any other, and no line end.
    return _STRAY_RETURN.sub(chr(STRAY), content) if marks.has_stray_returns() else content


def _parse(content: str, layout: Layout, *, quoted: bool) -> pl.DataFrame:
    return pl.read_csv(
        content.encode(),
        has_header=False,
        schema=dict.fromkeys(layout.names, pl.String),
        quote_char='"' if quoted else None,
    )


def _other_width(marks: _Outline, commas_each: int) -> Fault:
    ends = np.flatnonzero(marks.ends)
    commas = np.diff(np.searchsorted(np.flatnonzero(marks.commas), ends), prepend=0)
    return Fault("L011", "wrong-width", int((commas != commas_each).argmax()))


def _endless_cell(rows: pl.DataFrame) -> Fault | None:
    longest = rows.select(pl.all().str.len_bytes().max()).row(0)
    for column, length in enumerate(longest):
        if length is not None and length > CELL_BYTES:
            record = rows.to_series(column).str.len_bytes().arg_max()
            return Fault("L010", "endless-cell", record or 0, column)
    return None
