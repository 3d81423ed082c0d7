"""What tests of identity begin with."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine

from libs.common.driver import driver_url
from libs.common.jwks import KeyCache, keys_over_http
from libs.common.tokens import Verifier
from services.identity import tables
from services.identity.domain.assertions import ASSERTION_TYPE
from services.identity.settings import IdentitySettings
from tests.kit.running import Running
from tests.kit.stand_in_identity import ISSUER

_codes = count(100_000_000)
_HISTORY = ("access_history", "history_heads", "history_checkpoints")


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """The public half of a key, as it is registered."""
    jwk: dict[str, str] = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    return jwk


def settings(service: Running) -> IdentitySettings:
    """What the service under test was told."""
    assert isinstance(service.settings, IdentitySettings)
    return service.settings


def in_days(days: int) -> str:
    """A real day in Japan, so many days from today."""
    return (datetime.now(UTC) + timedelta(hours=9, days=days)).date().isoformat()


@dataclass
class Machine:
    """A partner's program, with the key it keeps to itself."""

    client_id: str
    key: Any = field(default_factory=new_key)
    policyholder_code: str | None = None
    version: int = 1

    def claims(self) -> dict[str, Any]:
        """The members of a good assertion, for a test to spoil one."""
        now = int(time.time())
        return {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ISSUER,
            "exp": now + 50,
            "iat": now,
            "jti": uuid4().hex,
        }

    def sign(self, claims: dict[str, Any], algorithm: str = "ES256", **header: Any) -> str:
        """Sign any claims, under a header a test may spoil."""
        named = {"typ": "client-authentication+jwt"} | header
        return jwt.encode(claims, self.key, algorithm, headers=named)

    def assertion(self) -> str:
        """A good assertion, used once."""
        return self.sign(self.claims())


def form(assertion: str, **others: str) -> dict[str, str]:
    """The form that asks for a token by assertion."""
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    } | others


async def asked(service: Running, assertion: str, **others: str) -> httpx.Response:
    """Ask for a token by assertion."""
    return await service.client.post("/v1/oauth2/token", data=form(assertion, **others))


async def token(service: Running, machine: Machine, **others: str) -> str:
    """A token for a machine that may have one."""
    answer = await asked(service, machine.assertion(), **others)
    assert answer.status_code == 200, answer.text
    text: str = answer.json()["access_token"]
    return text


async def policyholder(service: Running, **members: object) -> str:
    """A policyholder, registered by staff; gives its code."""
    code = str(next(_codes))
    entry = {"name_ja": "舫商事株式会社", "name_en": "Moyai Trading Co., Ltd."} | members
    answer = await service.client.put(
        f"/ops/v1/policyholders/{code}",
        json=entry,
        headers=service.staff("ops:policyholders:write"),
    )
    assert answer.status_code == 201, answer.text
    return code


async def suspended(service: Running, code: str) -> None:
    """Staff's word that a policyholder is not served any more."""
    entry = {"name_ja": "舫商事株式会社", "name_en": "Moyai Trading Co., Ltd.", "active": False}
    headers = service.staff("ops:policyholders:write") | {"If-Match": '"1"'}
    answer = await service.client.put(f"/ops/v1/policyholders/{code}", json=entry, headers=headers)
    assert answer.status_code == 200, answer.text


def registration(policyholder_code: str | None, *scopes: str, **members: object) -> dict[str, Any]:
    """A machine client as staff register it, with a new key unless told otherwise."""
    return {
        "policyholder_code": policyholder_code,
        "name": "ERP",
        "authentication": {
            "method": "PRIVATE_KEY_JWT",
            "keys": [{"jwk": public_jwk(new_key()), "expires_on": in_days(365)}],
        },
        "scopes": list(scopes) or ["buyers:read", "ledger-uploads:write"],
    } | members


async def registering(
    service: Running, wish: dict[str, Any], key: str | None = None
) -> httpx.Response:
    """Staff's wish to register a machine client, under an Idempotency-Key."""
    headers = service.staff("ops:machine-clients:write") | {"Idempotency-Key": key or uuid4().hex}
    return await service.client.post("/ops/v1/machine-clients", json=wish, headers=headers)


async def machine(
    service: Running, *scopes: str, policyholder_code: str | None = None, **members: object
) -> Machine:
    """A policyholder's machine client that signs its assertions."""
    code = policyholder_code or await policyholder(service)
    key = new_key()
    wish = registration(code, *scopes, **members)
    wish["authentication"]["keys"][0]["jwk"] = public_jwk(key)
    answer = await registering(service, wish)
    assert answer.status_code == 201, answer.text
    return Machine(answer.json()["client_id"], key, code)


async def revoked(service: Running, machine: Machine) -> httpx.Response:
    """Staff's revocation of a machine client."""
    headers = service.staff("ops:machine-clients:write") | {
        "Idempotency-Key": uuid4().hex,
        "If-Match": f'"{machine.version}"',
    }
    return await service.client.post(
        f"/ops/v1/machine-clients/{machine.client_id}/revoke", headers=headers
    )


def verifier(service: Running, for_service: str) -> Verifier:
    """Another service's verifier, which fetches the keys identity really publishes."""
    url = "http://127.0.0.1/.well-known/jwks.json"
    return Verifier(ISSUER, for_service, KeyCache(keys_over_http(service.client, url)))


async def as_owner(service: Running, *statements: str, **values: str) -> None:
    """Act on the access histories past the service, with every right there is."""
    engine = create_async_engine(driver_url(settings(service).database_owner_url or ""))
    async with engine.begin() as connection:
        for name in _HISTORY:
            await connection.execute(text(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"))
        for statement in statements:
            await connection.execute(text(statement), values)
        for name in _HISTORY:
            await connection.execute(text(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"))
    await engine.dispose()


async def history(service: Running, tenant: str, **members: str) -> list[tables.HistoryEntry]:
    """The entries of a history with these members, oldest first."""
    row = tables.HistoryEntry
    wanted = select(row).filter_by(**members).order_by(row.seq)
    async with service.databases.tenant(tenant) as tx:
        return list(await tx.scalars(wanted))
