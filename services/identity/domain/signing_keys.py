"""The life of a signing key: published, then used, then overlapped, then gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

# Source: security notes §3.5.
PUBLISHED_AHEAD = timedelta(hours=24)
SIGNS_FOR = timedelta(days=30)
TOKEN_LIFE = timedelta(seconds=300)

SIGNS_CHECKPOINTS_FOR = timedelta(days=365)
"""How long one key signs checkpoints. Source: assumed."""

# Verifiers allow 10 s of skew; a minute keeps the key for the slowest of them.
_OVERLAP = TOKEN_LIFE + timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class KeyLife:
    """When a key begins to sign; it ends when the next one begins."""

    kid: str
    signs_from: datetime


def signer(keys: Sequence[KeyLife], now: datetime) -> KeyLife | None:
    """Choose the key that signs now: the newest that has begun."""
    begun = [key for key in keys if key.signs_from <= now]
    return max(begun, key=_beginning, default=None)


def next_beginning(
    keys: Sequence[KeyLife], now: datetime, signs_for: timedelta = SIGNS_FOR
) -> datetime | None:
    """Say from when a key made now should sign, or None while none is needed.

    The first key of a platform signs at once; nobody can know an older one.
    """
    newest = max(keys, key=_beginning, default=None)
    if newest is None:
        return now
    due = newest.signs_from + signs_for
    if now < due - PUBLISHED_AHEAD:
        return None
    return max(due, now + PUBLISHED_AHEAD)


def finished(keys: Sequence[KeyLife], now: datetime) -> list[KeyLife]:
    """List the keys whose last token has expired."""
    in_order = sorted(keys, key=_beginning)
    successors = pairwise(in_order)
    return [key for key, successor in successors if successor.signs_from + _OVERLAP <= now]


def _beginning(key: KeyLife) -> datetime:
    return key.signs_from
