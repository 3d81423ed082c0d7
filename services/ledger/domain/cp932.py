"""CP932 (Windows Shift_JIS): which characters a ledger file can hold, and in how many bytes."""

from collections.abc import Iterable, Iterator
from functools import cache

import polars as pl

_WIDE = r"[^\x00-\x7f\x{ff61}-\x{ff9f}]"
_BASIC_PLANE = range(0x10000)


def byte_length(cell: pl.Expr) -> pl.Expr:
    """Count the bytes of a cell in CP932: one for ASCII and half-width kana, else two."""
    return cell.str.len_chars() + cell.str.count_matches(_WIDE)


def is_usable(cell: pl.Expr) -> pl.Expr:
    """Tell whether CP932 knows every character of a cell and none is a control character."""
    return ~cell.str.contains(_unusable())


@cache
def _unusable() -> str:
    """Write the regular expression of one character that a ledger file cannot hold."""
    known = (point for point in _BASIC_PLANE if _is_known(chr(point)))
    spans = (f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in _spans(known))
    return f"[^{''.join(spans)}]"


def _is_known(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return not "\x7f" <= character <= "\x9f" and character >= " "


def _spans(points: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for point in points:
        if point != last + 1:
            if first >= 0:
                yield first, last
            first = point
        last = point
    yield first, last
