"""The access history (アクセス履歴): how long its entries wait to be signed, and are kept.

Source: security notes §3.11.
"""

from datetime import datetime, timedelta

from libs.common.dates import JAPAN, add_months

MOST_UNSIGNED = 1000
UNSIGNED_FOR = timedelta(minutes=10)
"""How many entries, and how long one, may wait for a checkpoint."""

SHORTEST_LIFE = timedelta(days=7 * 365)
"""How old whatever has left a history must be, however much longer the service was told to keep it.

With the leap days of seven years the database keeps it longer.
"""

_MONTHS_OF_AN_EXPORT = 12


def is_exportable(begins: datetime, ends: datetime) -> bool:
    """Tell whether a span lies in order and is of twelve months at most, as Japan counts days."""
    try:
        first = begins.astimezone(JAPAN)
        last = datetime.combine(add_months(first.date(), _MONTHS_OF_AN_EXPORT), first.timetz())
    except (OverflowError, ValueError):
        # So late that no calendar has a year after it; nothing happened then.
        return False
    return begins <= ends <= last
