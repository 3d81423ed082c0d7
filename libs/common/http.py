"""Questions to other services over HTTP: always with a timeout, always with the act's ids."""

import httpx
import stamina

from . import context
from .problem_codes import DependencyUnavailable
from .telemetry import continued

_ATTEMPTS = 3
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.5


def http_client(
    timeout_seconds: float, base_url: str = "", transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Make the one client a process shares; whoever makes it closes it."""
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(timeout_seconds),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        follow_redirects=False,
        transport=transport,
        event_hooks={"request": [_carry_ids]},
    )


async def ask(client: httpx.AsyncClient, url: str, **params: str | int) -> httpx.Response:
    """Ask by GET, again if the other side stumbles; a GET may be asked twice, nothing else may.

    Raises: DependencyUnavailable when no answer comes; other statuses are the caller's to read.
    """
    pauses = stamina.retry_context(
        on=(httpx.TransportError, httpx.HTTPStatusError),
        attempts=_ATTEMPTS,
        wait_initial=_FIRST_PAUSE_SECONDS,
        wait_max=_LONGEST_PAUSE_SECONDS,
    )
    try:
        async for attempt in pauses:
            with attempt:
                answer = await client.get(url, params=params)
                if answer.is_server_error:
                    answer.raise_for_status()
                return answer
    except (httpx.TransportError, httpx.HTTPStatusError) as error:
        raise DependencyUnavailable(retry_after=1) from error
    raise AssertionError("an attempt either answers or raises")


async def _carry_ids(request: httpx.Request) -> None:
    request.headers["traceparent"] = continued(context.traceparent.get())
    if correlation := context.correlation_id.get() or context.request_id.get():
        request.headers["X-Request-Id"] = correlation
