"""What the ledger is told from outside, beside what every service is."""

from typing import Any

from pydantic import Field

from libs.common.files import MIB
from libs.common.settings import ServiceSettings

_NO_BOUND = 2**62


def _files(told: dict[str, Any]) -> int:
    return 100 if told.get("profile") == "production" else _NO_BOUND


def _bytes(told: dict[str, Any]) -> int:
    return 1024 * MIB if told.get("profile") == "production" else _NO_BOUND


class LedgerSettings(ServiceSettings):
    """Settings of the ledger: how much may be handed in on a day; outside production, anything.

    Source: security notes §5.
    """

    files_of_a_sender: int = Field(default_factory=_files)
    """How many files one user or machine client may hand in on a day."""

    bytes_of_a_company: int = Field(default_factory=_bytes)
    """How many bytes all of a company may hand in on a day."""
