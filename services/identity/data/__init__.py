"""Passwords nobody may choose, and the words of the product: read once, asked often."""

from functools import cache
from pathlib import Path

PRODUCT_WORDS = ("moyai", "tradeinsurance", "貿易保険")
"""What a stranger tries first at this door. Source: security notes §3.3."""

_BLOCKLIST = Path(__file__).with_name("blocklist.txt")


@cache
def blocked_passwords() -> frozenset[str]:
    """Read the long passwords that everybody knows, in lower case.

    Source: put together by ourselves from words, keyboard rows and their usual endings.
    """
    return frozenset(_BLOCKLIST.read_text(encoding="utf-8").splitlines())
