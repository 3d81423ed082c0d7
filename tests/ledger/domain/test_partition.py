"""Policy numbers and buckets: what belongs together stays together."""

import zlib

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from services.ledger.domain.partition import BUCKETS, bucket_of, numbered

from .given import application, rows

_POLICY_NUMBERS = st.from_regex(r"[0-9]{19}", fullmatch=True)
_BROKEN = st.sampled_from(["", "1", "+020010035726000501", "１" * 19, "10-200100357-26-0005"])


@given(st.lists(_POLICY_NUMBERS | _BROKEN, max_size=20))
def test_a_bucket_is_the_crc_of_the_number(numbers: list[str]) -> None:
    """Given policy numbers, when their buckets are found, then they are CRC-32 modulo 16."""
    buckets = bucket_of(pl.Series("policy_number", numbers, pl.String)).to_list()

    for number, bucket in zip(numbers, buckets, strict=True):
        whole = len(number) == 19 and number.isascii() and number.isdigit()
        assert bucket == (zlib.crc32(number.encode()) % BUCKETS if whole else 0)


def test_a_row_is_numbered_by_its_first_four_items() -> None:
    """Given a row, when it is numbered, then office, agreement, year and serial make 19 digits."""
    [number] = rows([application()])["policy_number"]

    assert number == "1020010035726000501"


def test_a_broken_number_is_kept_as_written() -> None:
    """Given a row without serial number, when it is numbered, then it falls into bucket 0."""
    one = numbered(rows([application(serial_number=None)]).drop("policy_number", "bucket"))

    assert one.select("policy_number", "bucket").rows() == [("1020010035726", 0)]
