"""What is already so when a journey begins: ledgers nobody has handed in before."""

from itertools import count
from typing import Any

from deploy.local.demo.client import until
from deploy.local.demo.erp import Erp
from deploy.local.demo.material import THREE_CONTRACTS

FILE_NAME = THREE_CONTRACTS.file_name
_ROW, *_ = THREE_CONTRACTS.content.splitlines(keepends=True)
_serials = count(700_001)


def policy_number() -> str:
    """A policy number (証券番号) of 東都機械貿易 that nobody has used."""
    return f"1020010035726{next(_serials):06d}"


def ledger(*policy_numbers: str) -> bytes:
    """A ledger file (申込台帳) with one good contract for each of these policies."""
    return b"".join(_row(number[-6:].encode()) for number in policy_numbers)


def _row(serial: bytes) -> bytes:
    return _ROW.replace(b"000001", serial, 1).replace(b"TKT-2026-0718", b"TKT-" + serial)


def applied(erp: Erp, *policy_numbers: str) -> dict[str, Any]:
    """A ledger of these policies has been handed in and applied; gives the upload."""
    fields = {"declared_count": str(len(policy_numbers)), "mode": "SUBMIT"}
    # The registers travel as facts: a ledger that comes before them leaves nothing behind.
    return until(
        lambda upload: upload["status"] == "APPLIED",
        lambda: erp.hand_in(ledger(*policy_numbers), FILE_NAME, **fields),
    )
