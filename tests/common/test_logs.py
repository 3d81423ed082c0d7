"""A log line names its event and its act, and keeps every secret."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from libs.common import context
from libs.common.logs import configure_logs, get_logger
from libs.common.money import yen

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines a service has logged so far."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    kept = structlog.get_config()
    written = StringIO()
    # No act is under way, whatever another test left behind.
    for name in (context.request_id, context.correlation_id, context.causation_id):
        name.set("")
    context.traceparent.set("")
    configure_logs("buyers", "json", written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers, root.level = handlers, level
    structlog.configure(**kept)


def test_a_line_says_what_happened_to_whom_and_for_whom(lines: Lines) -> None:
    """Given a request, when something is logged, then the line carries the request's id."""
    asked = context.request_id.set("49a4c843")

    get_logger().info("limit_reserved", buyer_code="1234560")
    context.request_id.reset(asked)

    [line] = lines()
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "limit_reserved",
        "level": "info",
        "service": "buyers",
        "request_id": "49a4c843",
        "buyer_code": "1234560",
    }


def test_no_secret_reaches_a_line(lines: Lines) -> None:
    """Given fields that name secrets or hold whole objects, when logged, then they are missing."""
    get_logger().info(
        "signed_in", **{"access_token": "eyJ", "Set-Cookie": "x"}, body=b"raw", row={}, paid=yen(1)
    )

    assert set(lines()[0]) == {"event", "level", "service", "at"}


def test_a_value_cannot_forge_a_line(lines: Lines) -> None:
    """Given a value with line breaks and escapes, when logged, then it stays one line."""
    get_logger().info("file_received", name='a\r\n{"event":"forged"}\x1b[31m')

    assert [line["event"] for line in lines()] == ["file_received"]


def test_libraries_speak_the_same_way(lines: Lines) -> None:
    """Given a library that logs by the standard way, when it does, then its line looks alike."""
    logging.getLogger("aiokafka").warning("broker %s is gone", 3)

    [line] = lines()
    assert (line["event"], line["level"], line["service"]) == (
        "broker 3 is gone",
        "warning",
        "buyers",
    )


def test_a_failure_is_logged_with_its_place_but_not_its_variables(lines: Lines) -> None:
    """Given a failure beside a secret, when logged, then its kind is told and no variable."""
    seed = "JBSWY3DPEHPK3PXP"
    try:
        seed.index("?")
    except ValueError:
        get_logger().exception("job_failed")

    assert lines()[0]["exception"][0]["exc_type"] == "ValueError"
    assert seed not in str(lines()[0]["exception"])


def test_of_an_error_only_its_first_line_is_logged(lines: Lines) -> None:
    """Given errors that go on to tell the row they met, when logged, then the row is left out."""
    told = ExceptionGroup("two", [ValueError("duplicate key\nDETAIL: (hunter2) exists")])

    get_logger().error("job_failed", exc_info=told)

    [error] = lines()[0]["exception"]
    assert error["exceptions"][0][0]["exc_value"] == "duplicate key"
    assert "hunter2" not in str(error)


def test_a_developer_reads_colours_not_json(lines: Lines) -> None:
    """Given the console format, when something is logged, then it is one readable line."""
    written = StringIO()
    configure_logs("buyers", "console", written)

    get_logger().info("limit_reserved", buyer_code="1234560")

    assert "limit_reserved" in written.getvalue()
    assert "1234560" in written.getvalue()
