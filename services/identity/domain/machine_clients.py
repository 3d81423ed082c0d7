"""Machine clients (マシンクライアント): how many, and how long their keys live."""

from collections.abc import Iterable
from datetime import date

from libs.common.dates import add_months

from ..errors import KeyLifeOutOfRange, TooManyMachineClients

MOST_KEYS = 2
"""One key in use and one to roll over to. Source: security notes §3.7."""

_MOST_ACTIVE = 5
_LONGEST_KEY_LIFE_MONTHS = 13


def check_count(active: int) -> None:
    """Refuse a client beyond those a policyholder may have.

    Raises: TooManyMachineClients.
    Source: security notes §3.7.
    """
    if active >= _MOST_ACTIVE:
        raise TooManyMachineClients


def check_key_lives(expiries: Iterable[date], on: date) -> None:
    """Refuse keys that are already over or would live too long.

    Units:  `on` is the real day in Japan, never the business clock's.
    Raises: KeyLifeOutOfRange.
    Source: security notes §3.7.
    """
    last = add_months(on, _LONGEST_KEY_LIFE_MONTHS)
    if not all(on < expires_on <= last for expires_on in expiries):
        raise KeyLifeOutOfRange
