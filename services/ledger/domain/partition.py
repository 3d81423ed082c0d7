"""Policy numbers (証券番号) and buckets: which rows belong together, and which part judges them."""

import zlib
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from .cells import all_digits, text

POLICY = "policy_number"
POLICY_ITEMS = ("branch_office_code", "agreement_code", "fiscal_year", "serial_number")
POLICY_PARTS = dict(zip(POLICY_ITEMS, ((0, 2), (2, 11), (11, 13), (13, 19)), strict=True))
"""Where in a policy number its items begin and end. Source: ledger notes §6."""

OFFICE_DIGITS = 2
POLICY_DIGITS = 19
BUCKETS = 16

FIRST_BRANCH = "00"
"""The branch (枝番) of a contract that has only one. Source: ledger notes §6."""

_ZEROS = b"0" * POLICY_DIGITS


def numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Give every row its policy number as written, and the bucket that number falls into.

    Rows of one policy get one bucket, also where the number is broken: those fall into the first.

    Shape:  adds `policy_number` (19 digits, if it is whole) and `bucket` (0 to 15).
    Source: ledger notes §6.
    """
    number = pl.concat_str(map(text, POLICY_ITEMS), ignore_nulls=True)
    rows = rows.with_columns(number.alias("policy_number"))
    return rows.with_columns(bucket_of(rows["policy_number"]))


def bucket_of(policy_numbers: pl.Series) -> pl.Series:
    """Find the bucket of policy numbers: CRC-32 of the digits, modulo 16.

    CRC-32 is linear: a digit at its place flips the same bits of the sum whatever the others are,
    so that a column of digits is one look-up in a table of ten.
    """
    whole = pl.select(all_digits(pl.lit(policy_numbers), POLICY_DIGITS)).to_series()
    digits = np.frombuffer(_joined(policy_numbers.filter(whole)), np.uint8) - ord("0")
    flipped = np.full(len(digits) // POLICY_DIGITS, _crc32_bucket(_ZEROS), np.uint8)
    for place, column in enumerate(digits.reshape(-1, POLICY_DIGITS).T):
        flipped ^= np.take(_flips()[place], column)
    buckets = np.zeros(len(whole), np.uint8)
    buckets[whole.to_numpy()] = flipped
    return pl.Series("bucket", buckets)


def _joined(policy_numbers: pl.Series) -> bytes:
    joined: str = policy_numbers.str.join("").item()
    return joined.encode()


def _crc32_bucket(digits: bytes) -> int:
    return zlib.crc32(digits) % BUCKETS


@cache
def _flips() -> npt.NDArray[np.uint8]:
    """Tabulate which bits of the bucket a digit flips: one row per place, one column per digit."""
    none = _crc32_bucket(_ZEROS)
    table = [
        [_crc32_bucket(_with_digit(place, digit)) ^ none for digit in range(10)]
        for place in range(POLICY_DIGITS)
    ]
    return np.array(table, dtype=np.uint8)


def _with_digit(place: int, digit: int) -> bytes:
    return _ZEROS[:place] + str(digit).encode() + _ZEROS[place + 1 :]
