"""How often somebody may try in vain, and how long they wait after that."""

from dataclasses import dataclass
from datetime import timedelta

_MINUTE = 60
_FOR_GOOD = 10 * 365 * 24 * 3600
_GROWING = (_MINUTE, 2 * _MINUTE, 4 * _MINUTE, 8 * _MINUTE)
_LONGEST = 15 * _MINUTE
# Only a complete sign-in forgets them; what strangers type must not stay for ever. Source: assumed.
_ENDLESS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Limit:
    """What one kind of subject may try.

    Shape:  `waits[n - 1]` is the wait after the nth try, in seconds; the last holds for all more.
    Units:  a count begins anew `window` after its first try.
    Source: security notes §3.2.
    """

    kind: str
    waits: tuple[int, ...]
    window: timedelta = _ENDLESS


PASSWORD = Limit("password", (0,) * 4 + _GROWING + (_LONGEST,) * 41 + (_FOR_GOOD,))
"""By login id: from the fifth try on one waits, from the fiftieth until a reset."""

DEVICE = Limit("device", (0,) * 4 + (_FOR_GOOD,))
"""By a browser that has signed in before; after five failures it counts as a stranger's."""

OTP = Limit("otp", (0,) * 9 + (*_GROWING, _LONGEST))
"""By user, one-time passwords and recovery codes alike."""

SOURCE = Limit("source", (0,) * 29 + (10 * _MINUTE,), timedelta(minutes=10))
"""By address, whatever is tried."""

MAIL_TO_USER = Limit("mail-user", (0, 0, 3600), timedelta(hours=1))
MAIL_FROM_SOURCE = Limit("mail-source", (0,) * 9 + (3600,), timedelta(hours=1))
"""Mails somebody may set off: three to a user, ten from an address, an hour."""

STEP_UP = Limit("step-up", (0,) * 9 + (_MINUTE,), timedelta(minutes=1))
"""Step-ups of a user in a minute. Source: security notes §6."""

EXPORT = Limit("export", (0,) * 4 + (3600,), timedelta(hours=1))
"""Exports of a user in an hour. Source: security notes §6."""

LIMITS = (PASSWORD, DEVICE, OTP, SOURCE, MAIL_TO_USER, MAIL_FROM_SOURCE, STEP_UP, EXPORT)
"""All of them."""

KEPT_PROOFS = timedelta(days=1)
"""How long a proof that was used stays known: far longer than any token that carries it lives."""

NOTICE_AFTER = 3
"""Wrong one-time passwords after a right password, until their owner is told."""

DISABLED_AFTER = 20
"""Wrong one-time passwords in a row, until the enrolment is void."""


def wait_after(limit: Limit, tries: int) -> int:
    """Say how many seconds somebody waits after so many tries."""
    return limit.waits[min(tries, len(limit.waits)) - 1]


def retry_after(wait: timedelta) -> int:
    """Say how many seconds to wait; of a wait for good no more than the longest is told."""
    return min(max(1, int(wait.total_seconds()) + 1), _LONGEST)
