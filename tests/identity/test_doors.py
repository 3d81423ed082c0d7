"""Every door of identity is guarded, but for those a stranger must find."""

import pytest
from fastapi.routing import iter_route_contexts

from libs.common.permissions import PERMISSIONS
from libs.common.security import unguarded_routes
from tests.kit.running import Running

OPEN = {
    "/.well-known/api-catalog",
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/asyncapi.json",
    "/docs",
    "/docs/scalar.js",
    "/docs/start.js",
    "/internal/revocations",
    "/livez",
    "/metrics",
    "/openapi.json",
    "/problems",
    "/problems/{slug}",
    "/readyz",
    "/schemas/{event_type}.json",
    "/v1/oauth2/token",
}


@pytest.mark.attack("S40")
async def test_strangers_find_the_listed_doors_only(identity: Running) -> None:
    """Given every route, when a stranger calls it, then all but the listed say 401."""
    seen = set()

    for route in iter_route_contexts(identity.app.routes):
        for method in route.methods or ():
            path = (route.path or "").replace("{", "").replace("}", "")
            answer = await identity.client.request(method, path)
            if answer.status_code != 401 or route.path == "/v1/oauth2/token":
                seen.add(route.path)

    assert seen == OPEN
    assert unguarded_routes(identity.app) == []


async def test_discovery_tells_what_clients_need(identity: Running) -> None:
    """Given the issuer, when discovered, then addresses, methods and scopes are told."""
    told = (await identity.client.get("/.well-known/oauth-authorization-server")).json()

    assert told["token_endpoint"] == told["issuer"] + "/v1/oauth2/token"
    assert told["scopes_supported"] == sorted(PERMISSIONS)
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]


async def test_a_listener_waits_for_news(identity: Running) -> None:
    """Given nothing new, when a listener asks with a place, then the place stays the same."""
    first = (await identity.client.get("/internal/revocations")).json()

    after = {"after": first["last"], "wait": 0}
    again = (await identity.client.get("/internal/revocations", params=after)).json()

    assert again == {"ids": [], "last": first["last"]}
