"""Logs: one event name plus fields, as JSON for machines or in colour for a developer.

Every line carries the ids of the act it belongs to, and no line carries a secret: a field whose
name speaks of one, or whose value is a whole object or bytes, is left out.
"""

import logging
import sys
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, Literal, TextIO, cast
from uuid import UUID

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from . import context

Logger = structlog.stdlib.BoundLogger

_SECRET_WORDS = ("password", "secret", "token", "otp", "seed", "authorization", "cookie", "key_pem")
_PLAIN = (str, int, float, bool, type(None), date, timedelta, Decimal, Enum, PurePath, UUID)
_IDS = (context.request_id, context.correlation_id, context.causation_id, context.traceparent)
_ADDED_BY_THE_LOGGER = {
    "exc_info",
    "exception",
    "stack",
    "stack_info",
    "_record",
    "_from_structlog",
}


def get_logger() -> Logger:
    """Give a logger: `log.info("limit_reserved", buyer_code=code)`."""
    return cast(Logger, structlog.get_logger())


def configure_logs(
    service: str, log_format: Literal["json", "console"], stream: TextIO | None = None
) -> None:
    """Send the service's logs, and those of the libraries it uses, to standard output."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _Stamped(service),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _leave_secrets_out,
    ]
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendered(log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # Its one line per request would drown ours: every service listens to identity all day.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


class _Stamped:
    """Adds the service and the ids of the act under way to each line."""

    def __init__(self, service: str) -> None:
        self.service = service

    def __call__(self, logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
        known = {kept.name: kept.get() for kept in _IDS}
        return {
            "service": self.service,
            **{name: value for name, value in known.items() if value},
            **line,
        }


def _leave_secrets_out(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    return {name: value for name, value in line.items() if _may_be_seen(name, value)}


def _may_be_seen(name: str, value: object) -> bool:
    if name in _ADDED_BY_THE_LOGGER:
        return True
    if any(word in name.lower() for word in _SECRET_WORDS):
        return False
    values = value if isinstance(value, list | tuple | set | frozenset) else [value]
    return all(isinstance(each, _PLAIN) for each in values)


def _rendered(log_format: Literal["json", "console"]) -> list[Processor]:
    if log_format == "console":
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    # JSON escapes line breaks and control characters, so that no value can forge a line.
    return [
        structlog.processors.ExceptionRenderer(_told),
        structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
    ]


# A traceback with its local variables would tell every secret the code was holding.
_tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def _told(exc_info: ExcInfo) -> list[dict[str, Any]]:
    return _in_short(_tracebacks(exc_info))


def _in_short(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave one line of what each error says: the next ones repeat rows and inputs."""
    return [
        error
        | {
            "exc_value": error["exc_value"].partition("\n")[0],
            "exceptions": [_in_short(group) for group in error["exceptions"]],
        }
        for error in errors
    ]
