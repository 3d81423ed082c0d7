"""Reading: the bytes of a ledger file become frames of text, or findings about the file."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Protocol

import polars as pl

from . import csv_records, fixed_records
from .blocks import BLOCK_BYTES, Charset, Fault, Records, blocks
from .findings import Finding
from .layout import Layout, column_letter

_BOM = b"\xef\xbb\xbf"
_CHARSET_NAMES = {Charset.CP932: "Shift_JIS (CP932)", Charset.UTF_8: "UTF-8"}


class Form(StrEnum):
    """The two forms of a ledger file: cells separated by commas, or of fixed width."""

    CSV = "csv"
    FIXED = "fixed"


class _Reader(Protocol):
    def __call__(
        self, block: bytes, charset: Charset, layout: Layout | None
    ) -> Records | Fault: ...


_READERS: Mapping[Form, _Reader] = {Form.CSV: csv_records.read, Form.FIXED: fixed_records.read}


class Reading:
    """One pass over a ledger file (台帳ファイルの読込み), in memory that does not grow with it.

    `frames` yields the rows as they come; a fault of the file ends it early. Afterwards `layout`,
    `rows` and `findings` tell what was read, and `is_whole` whether that is all of it.

    Source: ledger notes §5.2 to §5.4; rules L007 to L011.
    """

    def __init__(self, form: Form, charset: Charset, block_bytes: int = BLOCK_BYTES) -> None:
        """Get ready to read a file of this form, in the character set that was declared."""
        self.form = form
        self.charset = charset
        self.block_bytes = block_bytes
        self.layout: Layout | None = None
        self.rows = 0
        self.is_whole = True
        self.findings: list[Finding] = []
        self._bare_line_feeds = False
        self._has_other_than_ascii = False
        self._may_be_utf8 = charset is Charset.CP932

    def frames(self, pieces: Iterable[bytes]) -> Iterator[pl.DataFrame]:
        """Read a stream of bytes, however it is cut into pieces.

        Shape: `row`, the number of the record from 1; then the text of every column of the
        layout in the order of the file, stripped, null when blank.
        """
        for block in blocks(pieces, quoted=self.form is Form.CSV, size=self.block_bytes):
            records = self._read(block)
            if isinstance(records, Fault):
                self._refuse(records)
                return
            yield self._take(records)
        self._conclude()

    def _read(self, block: bytes) -> Records | Fault:
        if self.rows == 0 and block.startswith(_BOM):
            if self.charset is Charset.CP932:
                return Fault("L007", "unencodable", 0, 0)
            block = block.removeprefix(_BOM)
        if not block.endswith(b"\n"):
            return Fault("L010", "endless-cell", 0)
        self._look_for_utf8(block)
        return _READERS[self.form](block, self.charset, self.layout)

    def _look_for_utf8(self, block: bytes) -> None:
        if self._may_be_utf8 and not block.isascii():
            self._has_other_than_ascii = True
            self._may_be_utf8 = _is_utf8(block)

    def _take(self, records: Records) -> pl.DataFrame:
        self.layout = records.layout
        self._bare_line_feeds |= records.bare_line_feeds
        first = self.rows + 1
        self.rows += records.rows.height
        numbers = pl.int_range(first, self.rows + 1, dtype=pl.UInt32, eager=True)
        return records.rows.insert_column(0, numbers.alias("row"))

    def _refuse(self, fault: Fault) -> None:
        row = self.rows + fault.record + 1
        column = None if fault.column is None else column_letter(fault.column + 1)
        params = self._params if fault.rule == "L007" else {}
        self.findings.append(Finding(fault.rule, fault.code, row, column, params=params))
        self.is_whole = False

    def _conclude(self) -> None:
        if self.rows == 0:
            self.findings.append(Finding("L009", "required"))
        if self._has_other_than_ascii and self._may_be_utf8:
            self.findings.append(Finding("L007", "unencodable", params=self._params))
        if self._bare_line_feeds:
            self.findings.append(Finding("L008", "bad-format"))

    @property
    def _params(self) -> dict[str, str]:
        return {"charset": _CHARSET_NAMES[self.charset]}


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
