"""Passwords (パスワード): which ones may be chosen."""

import unicodedata
from collections.abc import Collection, Iterable

from ..errors import PasswordNamesItsOwner, PasswordRepeats, PasswordTooCommon, PasswordTooShort

SHORTEST = 15
LONGEST = 128
"""Code points after normalising. Source: security notes §3.3."""

_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
# A word of fewer letters stands in too many honest sentences.
_SHORTEST_WORD = 4


def normalised(password: str) -> str:
    """Write a password in the one form it is judged, hashed and compared in (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def judge_password(password: str, about: Iterable[str], blocked: Collection[str]) -> None:
    """Refuse a password that others would guess; any other will do, whatever it is made of.

    Shape:  `about` are the words that lead to its owner; `blocked` is in lower case.
    Raises: PasswordTooShort, PasswordTooCommon, PasswordNamesItsOwner, PasswordRepeats.
    Source: security notes §3.3; NIST SP 800-63B-4 §3.1.1.2.
    """
    chosen = normalised(password)
    if not SHORTEST <= len(chosen) <= LONGEST:
        raise PasswordTooShort
    folded = chosen.casefold()
    if folded in blocked or _squeezed(folded) in blocked:
        raise PasswordTooCommon
    if _is_one_unit(_squeezed(folded)):
        raise PasswordRepeats
    words = (_squeezed(normalised(word).casefold()) for word in about)
    if any(len(word) >= _SHORTEST_WORD and word in _squeezed(folded) for word in words):
        raise PasswordNamesItsOwner


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _is_one_unit(text: str) -> bool:
    """Tell whether a text is one unit again and again, or one row of keys or letters."""
    units = (text[:length] for length in range(1, len(text) // 2 + 1))
    # The last repetition may be cut off.
    if any((unit * len(text)).startswith(text) for unit in units):
        return True
    rows = (row * (len(text) // len(row) + 2) for row in _ROWS)
    return any(text in row or text in row[::-1] for row in rows)
