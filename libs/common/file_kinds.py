"""Which files a resource takes: by their name and by a look at their first bytes."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from .errors import FileKindRefused

LOOKED_AT_BYTES = 512
MAX_NAME_LENGTH = 255

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # controls, bidi marks, line separators

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Programs, archives, old office documents, PDF, and anything that begins like a web page.
_NO_TEXT = (
    b"MZ",
    b"\x7fELF",
    b"PK\3\4",
    b"PK\5\6",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"<",
)

Look = Callable[[bytes], bool]
"""Tells from a file's first bytes whether it is what its name says."""


@dataclass(frozen=True, slots=True)
class FileRules:
    """What one resource takes: how much, and which kinds, each with a look at its first bytes."""

    max_bytes: int
    kinds: Mapping[str, Look]
    otherwise: Look | None = None  # where a name is judged later, with the content

    def look_for(self, name: str) -> Look:
        """Find the look that a file of this name must stand.

        Raises: FileKindRefused.
        """
        look = self.kinds.get(PurePosixPath(name).suffix.lower(), self.otherwise)
        if look is None:
            raise FileKindRefused
        return look


def is_plain_text(head: bytes) -> bool:
    """Tell whether a file may be CSV: no program, archive, document, page or binary data."""
    beginning = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    return b"\0" not in head and not beginning.startswith(_NO_TEXT)


def display_name(name: str) -> str:
    """Make a sender's file name safe to show: no folder, no invisible character, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(char for char in last if unicodedata.category(char) not in _INVISIBLE)
    return seen.strip()[:MAX_NAME_LENGTH]
