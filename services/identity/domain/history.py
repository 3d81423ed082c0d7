"""The access history (アクセス履歴): how long its entries wait to be signed, and are kept.

Source: security notes §3.11.
"""

from datetime import timedelta

MOST_UNSIGNED = 1000
UNSIGNED_FOR = timedelta(minutes=10)
"""How many entries, and how long one, may wait for a checkpoint."""

SHORTEST_LIFE = timedelta(days=7 * 365)
"""How old whatever has left a history must be, however much longer the service was told to keep it.

With the leap days of seven years the database keeps it longer.
"""
