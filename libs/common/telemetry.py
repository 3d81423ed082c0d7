"""Traces (W3C trace context): one trace follows an act through every service it touches."""

import re
from secrets import token_hex

_TRACEPARENT = re.compile(
    r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})"
)
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
_SAMPLED = "01"


def continued(traceparent: str) -> str:
    """Go on with a caller's trace under a step of our own; begin one when there is none.

    Source: W3C Trace Context, version 00; a malformed header counts as none.
    """
    sent = _TRACEPARENT.fullmatch(traceparent)
    if sent is None or sent["trace"] == _NO_TRACE or sent["span"] == _NO_SPAN:
        return f"00-{token_hex(16)}-{token_hex(8)}-{_SAMPLED}"
    return f"00-{sent['trace']}-{token_hex(8)}-{sent['flags']}"
