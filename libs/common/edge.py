"""The outermost layer of every service: known hosts, ids, language, safe headers, figures.

Pure ASGI on purpose: one `BaseHTTPMiddleware` would cost more than the request itself.
"""

import re
import time
from collections.abc import Collection
from contextvars import ContextVar, Token
from uuid import uuid4

import structlog
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import context
from .problem_codes import InvalidHost
from .problem_handlers import answer
from .telemetry import continued

DURATION = Histogram(
    "http_request_seconds", "Time to answer", ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip

_REQUEST_ID = re.compile(rb"[0-9A-Za-z_-]{8,64}")
_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"referrer-policy", b"no-referrer"),
]
_CLOSED_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_NOT_STORED = (b"cache-control", b"no-store")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}


class Edge:
    """Gives each request its ids and each answer its headers."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        """Stand around the app, which is known by these names; `*` is any name."""
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = dict(scope["headers"])
        entered = _enter(headers)
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _complete(list(message.get("headers", [])))
            await send(message)

        # HEAD is GET, down to who may ask; the server leaves the body out.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        app = self._app if self._knows(headers) else answer(InvalidHost(), scope["path"])
        try:
            await app(asked, receive, send_with_headers)
        finally:
            route = getattr(asked.get("route"), "path", "none")
            seconds = time.perf_counter() - began
            # A caller may invent methods, but no figures.
            method = scope["method"] if scope["method"] in _METHODS else "other"
            DURATION.labels(method, route, status).observe(seconds)
            structlog.contextvars.clear_contextvars()
            # A server gives each request a context of its own; a caller in this process does not.
            for name, before in entered:
                name.reset(before)

    def _knows(self, headers: dict[bytes, bytes]) -> bool:
        host = headers.get(b"host", b"").decode("latin-1")
        name = host[: host.rfind("]") + 1] if host.startswith("[") else host.partition(":")[0]
        return name.lower() in self._hosts or "*" in self._hosts


def _enter(headers: dict[bytes, bytes]) -> list[tuple[ContextVar[str], Token[str]]]:
    sent = headers.get(b"x-request-id", b"")
    request_id = sent.decode() if _REQUEST_ID.fullmatch(sent) else str(uuid4())
    trace = headers.get(b"traceparent", b"")
    structlog.contextvars.bind_contextvars(request_id=request_id)
    known = {
        context.request_id: request_id,
        context.correlation_id: request_id,
        context.causation_id: "",
        context.traceparent: continued(trace.decode("latin-1")),
        context.language: _language(headers.get(b"accept-language", b"").decode("latin-1")),
    }
    return [(name, name.set(value)) for name, value in known.items()]


def _language(accepted: str) -> str:
    """Choose ja or en by the weights of Accept-Language; ja when neither is named."""
    best, chosen = 0.0, "ja"
    for part in accepted.replace(" ", "").split(","):
        tag, _, weight = part.partition(";q=")
        language = tag.split("-")[0].lower()
        value = float(weight) if weight.replace(".", "", 1).isdecimal() else 1.0 - bool(weight)
        if language in ("ja", "en") and value > best:
            best, chosen = value, language
    return chosen


def _complete(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    always = [
        *_SAFE,
        (b"x-request-id", context.request_id.get().encode()),
        (b"content-language", context.language.get().encode()),
    ]
    # A code table may be kept by its client, and the docs page opens its own scripts.
    unless_given = [one for one in (_NOT_STORED, _CLOSED_POLICY) if one[0] not in present]
    return [*headers, *(one for one in (*always, *unless_given))]
