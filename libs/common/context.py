"""What is known about the act under way: who asked when, in which language, caused by what."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Id of the HTTP request, as its caller can quote it (X-Request-Id)."""

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
"""Id of the first cause; it travels with every fact that follows from it."""

causation_id: ContextVar[str] = ContextVar("causation_id", default="")
"""Id of the fact being handled, empty in an HTTP request."""

traceparent: ContextVar[str] = ContextVar("traceparent", default="")
"""W3C trace context of the act."""

language: ContextVar[str] = ContextVar("language", default="ja")
"""Language of the answer: ja or en."""
