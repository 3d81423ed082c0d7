"""Every door of every service: closed to strangers, and to those without the right."""

import json
from pathlib import Path
from typing import Any

import pytest

from libs.common.permissions import PERMISSIONS, grantable
from libs.common.security import STEP_UP_CHALLENGE
from tests.attacks.targets import OPEN, SERVICES, Target, guarded, targets
from tests.kit import then
from tests.kit.running import Running

_ROOT = Path(__file__).parents[2]
_ROLES = ("administrator", "applicant", "client", "batch", "operator")
# Not in the documents: for the orchestrator, the page itself, and between services.
_UNDOCUMENTED = {
    "/docs",
    "/docs/scalar.js",
    "/docs/start.js",
    "/internal/jobs",
    "/internal/jobs/run",
    "/internal/oauth2/token",
    "/internal/revocations",
}
_TIMES = {"auth_time"}
_HEALTH = {"/livez", "/metrics", "/readyz"}

Services = dict[str, Running]


def _documented() -> set[tuple[str, str]]:
    found = set()
    for name in ("openapi.json", "openapi-staff.json"):
        paths: dict[str, Any] = json.loads((_ROOT / name).read_text())["paths"]
        found |= {(method.upper(), path) for path, it in paths.items() for method in it}
    return found


def _bearer(services: Services, target: Target, role: str, *scopes: str) -> dict[str, str]:
    identity = services[target.service].identity
    tenant = None if role == "operator" else "045012300"
    claims = identity.claims(scopes, tenant, role) | {"aud": list(SERVICES)}
    return {"Authorization": f"Bearer {identity.sign(claims)}"}


@pytest.mark.attack("S40")
def test_every_operation_of_the_documents_is_attacked(services: Services) -> None:
    """Given the documents, when the apps are walked, then both know the same operations."""
    left_out = _HEALTH | _UNDOCUMENTED
    found = {(it.method, it.path) for it in targets(services) if it.path not in left_out}

    assert found == _documented()
    assert len(guarded(services)) == len(_documented()) - len(OPEN - _UNDOCUMENTED - _HEALTH)


@pytest.mark.attack("S40")
@pytest.mark.parametrize("method", ["", "HEAD"])
async def test_strangers_find_the_listed_doors_only(services: Services, method: str) -> None:
    """Given no token, when every door is tried, then all but the listed ones say 401."""
    tried = [it for it in targets(services) if not method or it.method == "GET"]

    opened = set()
    for target in tried:
        client = services[target.service].client
        answer = await client.request(method or target.method, target.at(), timeout=5)
        if target.scopes:
            assert answer.status_code == 401, target
            assert answer.headers["www-authenticate"].startswith("Bearer"), target
        else:
            opened.add(target.path)

    assert len(tried) > len(SERVICES)
    assert opened == {it.path for it in tried if it.path in OPEN}


@pytest.mark.attack("S40")
@pytest.mark.parametrize("role", _ROLES)
async def test_nobody_gets_in_without_the_scope(services: Services, role: str) -> None:
    """Given a token of each role with no scope we know, when every door is tried, then 403."""
    for target in guarded(services):
        headers = _bearer(services, target, role, "nothing:read")
        answer = await services[target.service].client.request(
            target.method, target.at(), headers=headers
        )

        then.refused(answer, 403, "forbidden")


@pytest.mark.attack("S32")
@pytest.mark.attack("S36")
@pytest.mark.parametrize("role", _ROLES)
async def test_a_scope_opens_nothing_in_the_wrong_hands(services: Services, role: str) -> None:
    """Given a token with every scope there is, when tried, then only its role's doors open."""
    opened = set()
    for target in guarded(services):
        headers = _bearer(services, target, role, *PERMISSIONS)
        answer = await services[target.service].client.request(
            target.method, target.at(), headers=headers
        )
        # Some doors want a proof for the very request, behind the right to it.
        unproven = answer.status_code == 401 and answer.json()["code"] == "step-up-required"
        assert unproven or answer.status_code not in (401, 500), (target, answer.text)
        if answer.status_code != 403:
            opened.add(target)

    assert opened == {it for it in guarded(services) if it.scopes <= grantable(role)}


@pytest.mark.attack("S41")
@pytest.mark.parametrize("old", [{"auth_time": -301}, {"acr": "aal1"}], ids=["old", "one factor"])
async def test_every_sensitive_door_wants_a_fresh_proof(
    services: Services, old: dict[str, Any]
) -> None:
    """Given a sign-in of 301 s ago or by password alone, when acting so, then 401 asks for more."""
    sensitive = [it for it in guarded(services) if it.is_sensitive]
    assert len(sensitive) > len(SERVICES)

    for target in sensitive:
        identity = services[target.service].identity
        claims = identity.claims(target.scopes, role="administrator")
        spoilt = {name: claims[name] + it if name in _TIMES else it for name, it in old.items()}
        token = identity.sign(claims | spoilt)
        answer = await services[target.service].client.request(
            target.method, target.at(), headers={"Authorization": f"Bearer {token}"}
        )

        then.refused(answer, 401, "step-up-required")
        assert answer.headers["www-authenticate"] == STEP_UP_CHALLENGE["WWW-Authenticate"], target


@pytest.mark.attack("S40")
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PROPFIND"])
async def test_other_methods_do_nothing(services: Services, method: str) -> None:
    """Given a method nobody offers, when every door is tried with it, then 405."""
    for target in targets(services):
        answer = await services[target.service].client.request(method, target.at())

        then.refused(answer, 405, "method-not-allowed")


@pytest.mark.attack("S40")
async def test_no_header_changes_the_method(services: Services) -> None:
    """Given headers that name another method or path, when sent, then they have no effect."""
    forged = {
        "X-HTTP-Method-Override": "GET",
        "X-Original-URL": "/livez",
        "X-Rewrite-URL": "/livez",
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-Prefix": "/livez",
    }
    for target in guarded(services):
        answer = await services[target.service].client.request(
            target.method, target.at(), headers=forged
        )

        body = then.refused(answer, 401, "invalid-token")
        assert body["instance"] == target.at()
