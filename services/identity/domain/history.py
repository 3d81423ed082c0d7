"""The access history (アクセス履歴): how long its entries may wait to be signed.

Source: security notes §3.11.
"""

from datetime import timedelta

MOST_UNSIGNED = 1000
UNSIGNED_FOR = timedelta(minutes=10)
"""How many entries, and how long one, may wait for a checkpoint."""
