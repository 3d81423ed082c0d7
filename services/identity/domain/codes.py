"""Codes people type: from a mail, from a paper kept in a drawer, from a telephone."""

from datetime import timedelta

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32."""

ACTIVATION_LIFE = timedelta(hours=24)
REISSUE_LIFE = timedelta(minutes=10)
MOST_TRIES = 5
MAILED_LENGTH = 10
# Source: security notes §3.3 (mailed codes) and §3.4 (25 letters are 125 bits).
RECOVERY_LENGTH = 25
RECOVERY_COUNT = 10

OTP_SECONDS = 30
OTP_SECRET_BYTES = 20
"""One-time passwords are six digits by SHA-1. Source: RFC 6238; security notes §3.4."""

_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1", "-": "", " ": ""})


def typed(code: str) -> str:
    """Read a code as it was meant: any case, hyphens or not, O for 0, I and L for 1."""
    return code.casefold().translate(_MISREAD)


def written(code: str) -> str:
    """Write a code in groups of five."""
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))


def otp_step(seconds: float) -> int:
    """Count the steps of one-time passwords since 1970."""
    return int(seconds) // OTP_SECONDS
