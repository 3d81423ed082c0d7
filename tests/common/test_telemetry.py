"""A trace goes on under a new step, and a header nobody can read begins a new one."""

import re

import pytest

from libs.common.telemetry import continued

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
WELL_FORMED = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def test_a_trace_goes_on_under_a_step_of_our_own() -> None:
    """Given a caller's trace, when continued, then trace and sampling stay and the step is new."""
    ours = continued(f"00-{TRACE}-{SPAN}-00")

    assert WELL_FORMED.fullmatch(ours)
    assert (ours[:36], ours[-3:]) == (f"00-{TRACE}-", "-00")
    assert SPAN not in ours


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f"ff-{TRACE}-{SPAN}-01",
    ],
)
def test_a_header_nobody_can_read_begins_a_trace(header: str) -> None:
    """Given no trace or a malformed one, when continued, then a new trace begins."""
    ours = continued(header)

    assert WELL_FORMED.fullmatch(ours)
    assert TRACE not in ours
