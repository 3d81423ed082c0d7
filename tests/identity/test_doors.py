"""What a stranger finds at the doors of identity."""

from datetime import UTC, datetime, timedelta

from libs.common.permissions import PERMISSIONS
from services.identity.actions import revocations
from tests.kit.running import Running


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

    assert again == {"ids": [], "last": first["last"], "restrictions": {}}


async def test_a_listener_begins_behind_what_is_long_past(identity: Running) -> None:
    """Given endings of half a day ago and of now, when a listener begins, then only one is news."""
    now = datetime.now(UTC)
    async with identity.databases.platform() as tx:
        await revocations.revoke(tx, "session_just_now", now)
        await revocations.revoke(tx, "session_long_past", now - timedelta(hours=12))
    first = (await identity.client.get("/internal/revocations")).json()

    after = {"after": first["last"], "wait": 0}
    again = (await identity.client.get("/internal/revocations", params=after)).json()

    assert "session_just_now" in first["ids"]
    assert "session_long_past" not in first["ids"]
    assert again["ids"] == []
