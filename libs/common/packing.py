"""Facts of many things at once are kept compressed (zstd) until they are told.

A batch says the same of each thing in nearly the same words: it weighs a tenth, and what is not
written need not be logged, flushed or read.
"""

from collections.abc import Mapping
from typing import Any

import zstandard

from .events import MAX_FACT_BYTES

_ENVELOPE_BYTES = 64 * 1024
MOST_DATA_BYTES = MAX_FACT_BYTES - _ENVELOPE_BYTES
"""What the JSON of a fact may weigh, uncompressed."""

_QUICKLY = 1


class FactTooLarge(Exception):
    """A fact weighs more than Kafka takes; later it would hold up all behind it."""


def pack(data: str) -> bytes:
    """Compress the JSON of a fact. Blocking, without holding the interpreter.

    Raises: FactTooLarge.
    """
    written = data.encode()
    if len(written) > MOST_DATA_BYTES:
        raise FactTooLarge
    return zstandard.compress(written, _QUICKLY)


def data_of(fact: Mapping[str, Any]) -> bytes:
    """Give the JSON of a fact as the outbox keeps it, in either form."""
    packed: bytes | None = fact["packed"]
    return fact["data"].encode() if packed is None else zstandard.decompress(packed)
