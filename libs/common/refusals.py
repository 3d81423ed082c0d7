"""Refusals somebody should know of: who was not let in to what, for the access history.

A missing right and an address outside are told each time; what is not found only when one caller
has looked for many such things, as one does who tries ids. Counted in each process: who looks in
several is found a little later (docs/decisions, "Many misses are counted where they happen").

Source: security notes §3.11; architecture notes §7.19.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from . import context
from .addresses import client_address
from .database import Databases
from .events import Event
from .outbox import announce
from .problem_codes import DependencyUnavailable
from .problems import Problem
from .tokens import Caller
from .wire import Instant

MANY_NOT_FOUND = 20
_WITHIN_SECONDS = 300
_CALLERS_REMEMBERED = 10_000
_LONGEST_USER_AGENT = 256


class AccessRefused(Event, type="security.access.refused.v1", key="door"):
    """A caller was refused (アクセス拒否): without the right, from outside, or at many guesses.

    `door` is the service and who stood before it; `wanted` the operation, without its ids.
    """

    door: str
    principal: str
    role: str
    sid_hash: str
    acr: str | None
    source_address: str | None
    user_agent: str
    wanted: str
    reason: str
    request_id: str
    occurred_at: Instant


Note = Callable[[Databases, str, AccessRefused], Awaitable[None]]
"""Writes a refusal of one tenant's caller down, in a transaction of its own."""

Answer = Callable[[Request, Any], Awaitable[Response]]
"""Answers a problem over HTTP."""


class Refusals:
    """What one process has refused lately, and how it is written down."""

    def __init__(
        self, service: str, note: Note, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Have refused nobody yet."""
        self._service = service
        self._note = note
        self._monotonic = monotonic
        self._misses: OrderedDict[str, deque[float]] = OrderedDict()

    def before(self, answer: Answer) -> Answer:
        """Write a refusal down before it is answered; one that cannot be, is not given."""

        async def noted(request: Request, problem: Problem) -> Response:
            try:
                await self._look_at(request, problem)
            except (DBAPIError, PoolTimeout, OSError):
                problem = DependencyUnavailable(retry_after=1)
            except DependencyUnavailable as unwritten:
                problem = unwritten
            return await answer(request, problem)

        return noted

    async def _look_at(self, request: Request, problem: Problem) -> None:
        caller: Caller | None = getattr(request.state, "known", None)
        if caller is None or problem.status not in (403, 404):
            return
        reason = problem.code
        if problem.status == 404:
            if not self._is_one_too_many(caller):
                return
            reason = "many-not-found"
        databases: Databases = request.app.state.databases
        await self._note(databases, caller.tenant, self._told(request, caller, reason))

    def _is_one_too_many(self, caller: Caller) -> bool:
        """Count a miss of a caller; of each twenty within five minutes, the last one tells."""
        now, name = self._monotonic(), f"{caller.tenant}:{caller.subject}"
        lately = self._misses.setdefault(name, deque(maxlen=MANY_NOT_FOUND))
        self._misses.move_to_end(name)
        if len(self._misses) > _CALLERS_REMEMBERED:
            self._misses.popitem(last=False)
        lately.append(now)
        if len(lately) < MANY_NOT_FOUND or now - lately[0] > _WITHIN_SECONDS:
            return False
        lately.clear()
        return True

    def _told(self, request: Request, caller: Caller, reason: str) -> AccessRefused:
        address = client_address(request, request.app.state.settings.trusted_proxies)
        return AccessRefused(
            door=f"{self._service}:{caller.subject}",
            principal=caller.subject,
            role=caller.role,
            sid_hash=sha256(caller.sid.encode()).hexdigest(),
            acr=caller.acr,
            source_address=str(address) if address else None,
            user_agent=request.headers.get("user-agent", "")[:_LONGEST_USER_AGENT],
            wanted=f"{request.method} {_template(request)}",
            reason=reason,
            request_id=context.request_id.get(),
            occurred_at=datetime.now(UTC),
        )


def _template(request: Request) -> str:
    """Name the path that was asked for, its parameters in braces."""
    # A route knows its path below the prefix it was included under.
    path, below = request.scope["path"], getattr(request.scope.get("route"), "path", "")
    prefix = path.split("/")[: -below.count("/") or None]
    return "/".join(prefix) + below


async def tell(databases: Databases, tenant: str, refused: AccessRefused) -> None:
    """Tell a refusal to identity, which keeps the access history."""
    async with databases.tenant(tenant) as tx:
        await announce(tx, refused)
