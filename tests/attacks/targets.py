"""What there is to attack: every operation of every service, found in the apps themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from libs.common.permissions import PERMISSIONS
from libs.common.security import Guard
from tests.kit.running import Running

SERVICES = ("identity", "buyers", "underwriting", "ledger", "premium", "claims")

OPEN = {
    "/.well-known/api-catalog",
    "/.well-known/audit-jwks.json",
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/asyncapi.json",
    "/docs",
    "/docs/scalar.js",
    "/docs/start.js",
    "/internal/jobs",
    "/internal/jobs/run",
    "/internal/oauth2/token",
    "/internal/revocations",
    "/livez",
    "/metrics",
    "/openapi.json",
    "/problems",
    "/problems/{slug}",
    "/readyz",
    "/schemas/{event_type}.json",
    "/v1/announcements",
    "/v1/auth/login",
    "/v1/auth/login/activation",
    "/v1/auth/login/enrolment",
    "/v1/auth/login/otp",
    "/v1/auth/login/password",
    "/v1/auth/logout",
    "/v1/auth/password-reissues",
    "/v1/auth/password-reissues/complete",
    "/v1/auth/refresh",
    "/v1/oauth2/token",
    "/v1/registrations",
    "/v1/registrations/{registration_id}",
    "/v1/service-hours",
    "/v1/service-status",
}
"""The only doors that open to strangers."""


@dataclass(frozen=True, slots=True)
class Target:
    """One operation: where it is, and the scopes that open it."""

    service: str
    method: str
    path: str
    scopes: frozenset[str]

    def __str__(self) -> str:
        """Name it as a reader of the documents would."""
        return f"{self.method} {self.path}"

    def at(self, **ids: str) -> str:
        """Give its address, each parameter filled in; any id will do where none is given."""
        path = self.path
        for name in self.parameters:
            path = path.replace(f"{{{name}}}", ids.get(name, "1"))
        return path

    @property
    def parameters(self) -> list[str]:
        """Name the parameters of its path."""
        parts = (part for part in self.path.split("/") if part.startswith("{"))
        return [part[1 : part.index("}")] for part in parts]

    @property
    def is_bound(self) -> bool:
        """Say whether its step-up is good for one request only, whose content it names."""
        return any(PERMISSIONS[scope].bound for scope in self.scopes)

    @property
    def is_sensitive(self) -> bool:
        """Say whether a person must have proven themselves anew to act so."""
        return any(PERMISSIONS[scope].step_up for scope in self.scopes)

    @property
    def is_list(self) -> bool:
        """Say whether it lists things."""
        return self.method == "GET" and not self.parameters and bool(self.scopes)


def targets(services: dict[str, Running]) -> list[Target]:
    """List every operation of every service."""
    return [target for name, it in services.items() for target in _of(name, it.app)]


def guarded(services: dict[str, Running]) -> list[Target]:
    """List every operation that a token opens."""
    return [target for target in targets(services) if target.scopes]


def _of(service: str, app: FastAPI) -> Iterator[Target]:
    for route in iter_route_contexts(app.routes):
        scopes = frozenset(_scopes(route.dependant))
        for method in sorted(route.methods or ()):
            yield Target(service, method, route.path or "", scopes)


def _scopes(dependant: Dependant) -> Iterator[str]:
    if isinstance(dependant.call, Guard):
        yield dependant.call.scope
    for inner in dependant.dependencies:
        yield from _scopes(inner)
