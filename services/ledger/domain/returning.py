"""Returning (返却): a holder's own records, each followed by what was found in it.

The records come back byte for byte, so that what is mended in them can be sent again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .blocks import blocks, record_ends
from .findings import Finding, Found, Severity
from .reading import Form

_FIRST = 1
_LINE_END = b"\r\n"
_WIDTHS = (8, 40, 40)
"""How many bytes the columns before the text take behind a record of fixed width."""
_BETWEEN = "; "

Encode = Callable[[str], bytes]
Words = Callable[[Finding], str]


@dataclass(frozen=True, slots=True)
class Returned:
    """How a file comes back: in its form, each error column encoded as the file is."""

    form: Form
    encode: Encode
    words: Words

    def columns(self, found: Iterable[Found], notes: Sequence[str] = ()) -> dict[int, bytes]:
        """Write the error columns (エラー欄) of each record in which anything was found.

        Of the file as a whole it is written beside the first record, and so are the notes.
        """
        beside: dict[int, list[Found]] = {_FIRST: []} if notes else {}
        for each in found:
            beside.setdefault(each.finding.row or _FIRST, []).append(each)
        return {
            row: self._written(those, notes if row == _FIRST else ())
            for row, those in beside.items()
        }

    def pieces(self, content: Iterable[bytes], columns: Mapping[int, bytes]) -> Iterator[bytes]:
        """Give the file back as it streams, in memory that does not grow with it."""
        nothing, row, held = self._written([], ()), 0, b""
        for block in blocks(content, quoted=self.form is Form.CSV):
            answered, begins = [held], 0
            for end in record_ends(block, quoted=self.form is Form.CSV).tolist():
                row += 1
                record = block[begins:end].rstrip(b"\r\n")
                answered += (record, columns.get(row, nothing), block[begins + len(record) : end])
                begins = end
            # What is behind the last end is a record that does not end, such as an open quote.
            endless = block[begins:].rstrip(b"\r\n")
            held = block[begins + len(endless) :]
            yield b"".join([*answered, endless])
        if held or not row:
            yield columns.get(row + 1, b"") + (held or _LINE_END * bool(columns))

    def _written(self, found: Sequence[Found], notes: Sequence[str]) -> bytes:
        is_error = any(it.severity == Severity.ERROR for it in found)
        grave = Severity.ERROR if is_error else Severity.WARNING
        cells = (
            grave if found else "",
            _BETWEEN.join(it.finding.rule for it in found),
            _BETWEEN.join(" ".join(map(str, it.item_nos)) for it in found),
            _BETWEEN.join([*(self.words(it.finding) for it in found), *notes]),
        )
        if self.form is Form.CSV:
            return b"".join(b"," + self._quoted(cell) for cell in cells)
        *fixed, text = map(self.encode, cells)
        placed = zip(fixed, _WIDTHS, strict=True)
        return b"".join([*(cell[: width - 1].ljust(width) for cell, width in placed), text])

    def _quoted(self, cell: str) -> bytes:
        return self.encode('"' + cell.replace('"', '""') + '"') if cell else b""
