"""The door of every service: no route opens without a token and the right to use it."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import OAuth2, OAuthFlowClientCredentials, OAuthFlows
from fastapi.routing import iter_route_contexts
from fastapi.security.base import SecurityBase

from .addresses import Address, Network, client_address, within
from .liveness import Revocations
from .permissions import PERMISSIONS
from .problem_codes import Forbidden, InvalidToken, IpNotAllowed, StepUpRequired
from .tokens import Caller, Verifier

_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_REFUSED = {"WWW-Authenticate": 'Bearer error="invalid_token"'}

STEP_UP_CHALLENGE = {
    "WWW-Authenticate": 'Bearer error="insufficient_user_authentication",'
    ' acr_values="aal2", max_age="300"'
}
"""What a client is told when its user has to prove themselves anew. Source: RFC 9470."""

_FRESH_SECONDS = 300

# One scheme with every scope, so that the documents of all services agree on it.
_SCHEME = OAuth2(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(
            tokenUrl="/v1/oauth2/token",
            scopes={name: it.summary for name, it in PERMISSIONS.items()},
        )
    )
)


@dataclass(frozen=True, slots=True)
class Gate:
    """What decides over callers in one process; the app keeps it in `app.state.gate`."""

    verifier: Verifier
    revocations: Revocations
    trusted_proxies: Sequence[Network] = ()

    async def know(self, authorization: list[str]) -> Caller:
        """Tell who stands at the door, from the `Authorization` headers alone.

        Raises: InvalidToken, DependencyUnavailable.
        """
        if len(authorization) != 1:
            raise InvalidToken(headers=_CHALLENGE)
        scheme, _, token = authorization[0].partition(" ")
        if scheme.lower() != "bearer":
            raise InvalidToken(headers=_CHALLENGE)
        try:
            verdict = await self.verifier.verify(token)
        except InvalidToken as why:
            raise InvalidToken(headers=_REFUSED) from why
        if self.revocations.include(verdict.sid, verdict.jti):
            raise InvalidToken(headers=_REFUSED)
        return verdict.caller

    def admit(self, caller: Caller, address: Address | None) -> None:
        """Let somebody in only from where their policyholder may come from.

        A program's own list of addresses replaces its policyholder's.

        Raises: IpNotAllowed, DependencyUnavailable.
        """
        if caller.addresses is not None:
            may_come = within(address, caller.addresses)
        else:
            may_come = self.revocations.admit(caller.tenant, address)
        if not may_come:
            raise IpNotAllowed


Check = Callable[[Request], Awaitable[None]]
"""Refuses a request by what stands above its body."""


class Guard(SecurityBase):
    """Lets callers through who hold one scope, in a role that may hold it.

    FastAPI shows it in the OpenAPI document because it is a security scheme.
    """

    scheme_name = "OAuth2"
    model = _SCHEME

    def __init__(self, scope: str) -> None:
        """Look the scope up; one that nobody defined is a mistake found at start."""
        self.scope = scope
        self.permission = PERMISSIONS[scope]
        # What would have opened the door. Source: RFC 6750 §3.1.
        self._wanted = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}

    async def __call__(self, request: Request) -> None:
        """Put the caller on `request.state`, or refuse.

        Raises: InvalidToken, IpNotAllowed, Forbidden, StepUpRequired, DependencyUnavailable.
        """
        # A router's guard and an endpoint's own guard judge the same token once.
        caller = getattr(request.state, "caller", None)
        if caller is None:
            gate: Gate = request.app.state.gate
            caller = await gate.know(request.headers.getlist("authorization"))
            # Known is who may still be refused; only a caller has come in.
            request.state.known = caller
            gate.admit(caller, client_address(request, gate.trusted_proxies))
            request.state.caller = caller
        if self.scope not in caller.scopes:
            raise Forbidden(headers=self._wanted)
        if caller.role not in self.permission.roles:
            raise Forbidden
        if self.permission.step_up and not is_stepped_up(caller):
            raise StepUpRequired(headers=STEP_UP_CHALLENGE)
        if self.permission.bound and caller.intent != await _intent_of(request):
            raise StepUpRequired(headers=STEP_UP_CHALLENGE)


async def _intent_of(request: Request) -> str:
    body_hash = sha256(await request.body()).hexdigest()
    return intent(request.method, request.scope["path"], body_hash)


def intent(method: str, path: str, body_hash: str) -> str:
    """Name the one request a proof is for; `body_hash` is the SHA-256 of its body, in hex.

    Source: security notes §3.8.
    """
    return sha256(f"{method} {path} {body_hash}".encode()).hexdigest()


def is_stepped_up(caller: Caller) -> bool:
    """Tell whether a person has proven themselves by two factors in the last five minutes.

    Source: security notes §3.8.
    """
    fresh = time.time() - (caller.auth_time or 0) <= _FRESH_SECONDS
    return fresh and caller.acr == "aal2"


class Public:
    """Marks a route that answers strangers, and says why; a check may turn some of them away."""

    def __init__(self, why: str, check: Check | None = None) -> None:
        """Keep the reason beside the route."""
        self.why = why
        self._check = check

    async def __call__(self, request: Request) -> None:
        """Let everybody in whom the check lets through; raises what it raises."""
        if self._check is not None:
            await self._check(request)


def requires(scope: str) -> Any:
    """Guard a router or an endpoint: only callers with this scope get through."""
    return Security(Guard(scope), scopes=[scope])


def public(why: str, check: Check | None = None) -> Any:
    """Leave a route open to strangers, for a reason the reader can judge."""
    return Depends(Public(why, check))


async def _current_caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


CurrentCaller = Annotated[Caller, Depends(_current_caller)]
"""Who asks, on a route that a guard watches."""


def unguarded_routes(app: FastAPI) -> list[str]:
    """Name the routes that are neither guarded nor declared public; there should be none."""
    return [
        f"{','.join(sorted(route.methods or ()))} {route.path}"
        for route in iter_route_contexts(app.routes)
        if not any(isinstance(it, Guard | Public) for it in _calls(route.dependant))
    ]


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)
