"""Blocks: a ledger file as it streams in, cut into whole records, however it arrives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import polars as pl

from .layout import Layout

BLOCK_BYTES = 4 << 20
"""Block size: larger ones cost memory, smaller ones time (measured)."""

NEWLINE = ord("\n")
RETURN = ord("\r")
SPACE = ord(" ")
STRAY = 0x1E
"""What stands for a control character that would disturb the parser: another one."""
COMMA = ord(",")
QUOTE = ord('"')

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


class Charset(StrEnum):
    """The character sets a submission may declare (文字コード)."""

    CP932 = "cp932"
    UTF_8 = "utf-8"


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a block as rows of text, and how they were written."""

    rows: pl.DataFrame
    layout: Layout
    bare_line_feeds: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a block cannot be read, and where in it: record and column counted from 0."""

    rule: str
    code: str
    record: int
    column: int | None = None


def blocks(pieces: Iterable[bytes], *, quoted: bool, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Cut a stream of bytes into blocks of whole records, each with its line end.

    The end-of-file marks (0x1A) fall off, and a last record without line end gets one. Only a
    record longer than a block comes without: it is too long to be a record at all.

    Source: ledger notes §5.2 (0x1A); a record ends at a line end outside quotes (§5.3).
    """
    held = b""
    for piece in pieces:
        held += piece
        while len(held) > size:
            end = _last_record_end(held[:size], quoted=quoted) or size
            yield held[:end]
            held = held[end:]
    rest = held.rstrip(b"\x1a")
    if rest:
        yield rest if rest.endswith(b"\n") else rest + _line_end_for(rest)


def decode(block: bytes, charset: Charset) -> str | int:
    """Decode a block strictly, or tell at which byte it is no text: NUL is none, either."""
    try:
        content = block.decode(charset)
    except UnicodeDecodeError as error:
        return error.start
    return block.index(b"\0") if b"\0" in block else content


def inside_quotes(block: Bytes) -> Mask:
    """Tell of each byte whether it stands between an opening and a closing quote."""
    inside: Mask = np.bitwise_xor.accumulate(block == QUOTE)
    return inside


def record_ends(block: bytes, *, quoted: bool) -> npt.NDArray[np.intp]:
    """Find where each record of a block ends: behind the line ends outside quotes."""
    raw = as_bytes(block)
    ends = raw == NEWLINE
    return np.flatnonzero(ends & ~inside_quotes(raw) if quoted else ends) + 1


def as_bytes(block: bytes) -> Bytes:
    """See a block as an array of its bytes, without copying it."""
    return np.frombuffer(block, dtype=np.uint8)


def _line_end_for(record: bytes) -> bytes:
    return b"\n" if record.endswith(b"\r") else b"\r\n"


def _last_record_end(block: bytes, *, quoted: bool) -> int:
    end = block.rfind(b"\n") + 1
    if not quoted or block.count(b'"', 0, end) % 2 == 0:
        return end
    ends = record_ends(block, quoted=quoted)
    return int(ends[-1]) if len(ends) else 0
