"""What the story is played with: registers, ledger files, and what is known to come of them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .client import Json

_DATA = Path(__file__).with_name("data")

TOTO, NANIWA = "045012300", "061007700"
"""The two policyholders (保険利用者) of the story: 東都機械貿易 and 浪速産業."""

_SHORT_NAMES = {TOTO: "東都機械貿易", NANIWA: "浪速産業"}


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger file (申込台帳): who hands it in, and how many contracts that one says it has."""

    file: str
    sender: str
    declared_count: int
    day: str = "260825"

    @property
    def content(self) -> bytes:
        """The file as its sender's system wrote it, in CP932."""
        return (_DATA / self.file).read_bytes()

    @property
    def file_name(self) -> str:
        """The name it must have: the sender's short name and the day it is handed in.

        Source: ledger notes §3.1.
        """
        return f"{_SHORT_NAMES[self.sender]}({self.day}){Path(self.file).suffix}"


THREE_CONTRACTS = Ledger("three_contracts.csv", TOTO, 3)
TWO_BRANCHES = Ledger("two_branches.csv", NANIWA, 1)
FIVE_SETTLEMENTS = Ledger("five_settlements.fd", TOTO, 1)
WRONG_COUNT = Ledger("three_contracts.csv", TOTO, 4)
WRONG_WIDTH = Ledger("wrong_width.csv", TOTO, 3)
BAD_DATES_AND_AMOUNTS = Ledger("bad_dates_and_amounts.csv", TOTO, 6)
LATE_CORRECTION = Ledger("late_correction.csv", TOTO, 1, "260831")
RIGHT_CORRECTION = Ledger("right_correction.csv", TOTO, 1, "260831")
NEW_COVER = Ledger("new_cover.csv", TOTO, 1, "270210")


@cache
def register() -> dict[str, dict[str, Json]]:
    """Fictional policyholders, special agreements and buyers, as staff enter them."""
    return _read("register")


@cache
def expected() -> Json:
    """Premiums worked out by hand, contracts, and the errors that were put into the files."""
    return _read("expected")


def _read(name: str) -> Json:
    found: Json = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    return found
