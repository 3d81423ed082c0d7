"""Writes rows the way holders do: as CSV or fixed width, in any character set."""

import csv
import io
from collections.abc import Iterable, Mapping

import polars as pl

from services.ledger.domain.blocks import Charset
from services.ledger.domain.layout import Column, Layout
from services.ledger.domain.reading import Form, Reading

Row = Mapping[str, str | None]


def as_csv(rows: Iterable[Row], layout: Layout, charset: str = "cp932") -> bytes:
    """Write rows separated by commas, quoted only where they must be."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([row[name] for name in layout.names] for row in rows)
    return text.getvalue().encode(charset)


def as_fixed_width(rows: Iterable[Row], layout: Layout) -> bytes:
    """Write rows of fixed width in CP932."""
    return b"".join(_record(row, layout) for row in rows)


def read(content: bytes, form: Form = Form.CSV, charset: Charset = Charset.CP932) -> Reading:
    """Read a file that must be readable up to its end, and forget its rows."""
    reading = Reading(form, charset)
    for _ in reading.frames([content]):
        pass
    return reading


def frame(content: bytes, form: Form = Form.CSV, charset: Charset = Charset.CP932) -> pl.DataFrame:
    """Read the rows of a file into one frame."""
    return pl.concat(Reading(form, charset).frames([content]))


def _record(row: Row, layout: Layout) -> bytes:
    return b"".join(_cell(row[column.name] or "", column) for column in layout.columns) + b"\r\n"


def _cell(text: str, column: Column) -> bytes:
    encoded = text.encode("cp932")
    assert len(encoded) <= column.width, f"{text!r} does not fit {column.name}"
    return encoded.rjust(column.width) if column.right_justified else encoded.ljust(column.width)
