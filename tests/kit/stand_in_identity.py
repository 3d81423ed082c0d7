"""A stand-in for identity at its wire, for tests of everybody else: keys, tokens, revocations."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from libs.common.jwks import KeyCache, keys_over_http
from libs.common.liveness import Revocations, revocations_over_http
from libs.common.permissions import CLIENT, OPERATOR, PERMISSIONS, audience
from libs.common.security import Gate
from libs.common.tokens import Verifier

ISSUER = "https://api.moyai.test"
TENANT = "045012300"
OTHER_TENANT = "045099900"


@dataclass
class StandInIdentity:
    """Signs tokens as identity does, and answers the two questions services ask it."""

    kid: str = "key-1"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    revoked: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    silent: bool = False

    def claims(
        self, scopes: Iterable[str], tenant: str | None = TENANT, role: str = CLIENT
    ) -> dict[str, Any]:
        """The members of a good access token, for a test to spoil one of them."""
        now = int(time.time())
        wished = list(scopes)
        claims = {
            "iss": ISSUER,
            "sub": "client_01",
            "aud": audience(set(wished) & PERMISSIONS.keys()) or ["buyers"],
            "exp": now + 300,
            "iat": now,
            "jti": uuid4().hex,
            "client_id": "client_01",
            "sid": "keyset_01",
            "role": role,
            "scope": " ".join(wished),
        }
        if role in ("administrator", "applicant"):
            claims |= {"acr": "aal2", "amr": ["pwd", "otp"], "auth_time": now}
        return claims | ({"tenant": tenant} if tenant else {})

    def sign(self, claims: dict[str, Any], **header: object) -> str:
        """Sign any claims, under a header a test may spoil."""
        named = {"typ": "at+jwt", "kid": self.kid} | header
        return jwt.encode(claims, self.key, "ES256", headers=named)

    def token(self, *scopes: str, tenant: str = TENANT, role: str = CLIENT) -> str:
        """A good access token of a policyholder's caller."""
        return self.sign(self.claims(scopes, tenant, role))

    def staff_token(self, *scopes: str) -> str:
        """A good access token of the insurer's staff."""
        return self.sign(self.claims(scopes, None, OPERATOR))

    def bearer(self, *scopes: str, tenant: str = TENANT, role: str = CLIENT) -> dict[str, str]:
        """The header that carries a good access token."""
        return {"Authorization": f"Bearer {self.token(*scopes, tenant=tenant, role=role)}"}

    def staff_bearer(self, *scopes: str) -> dict[str, str]:
        """The header that carries a good staff token."""
        return {"Authorization": f"Bearer {self.staff_token(*scopes)}"}

    def jwk(self) -> dict[str, Any]:
        """The public half of the key, as identity publishes it."""
        members: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        return members | {"kid": self.kid, "use": "sig", "alg": "ES256"}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one HTTP request as identity would."""
        self.asked.append(request.url.path)
        if self.silent:
            raise httpx.ConnectError("silent", request=request)
        if request.url.path == "/.well-known/jwks.json":
            return httpx.Response(200, json={"keys": [self.jwk()]})
        after = int(request.url.params.get("after", 0))
        news = {"ids": self.revoked[after:], "last": len(self.revoked)}
        return httpx.Response(200, json=news)

    def client(self) -> httpx.AsyncClient:
        """An HTTP client whose every request arrives here."""
        return httpx.AsyncClient(
            transport=httpx.MockTransport(self.answer), base_url="http://identity"
        )

    async def gate(self, service: str) -> Gate:
        """The door of a service that believes this identity and has heard from it."""
        client = self.client()
        keys = KeyCache(keys_over_http(client, "http://identity/.well-known/jwks.json"))
        # Nobody listens on: at a clock that stands still, what was heard once stays news.
        ask = revocations_over_http(client, "http://identity")
        revocations = Revocations(ask, monotonic=lambda: 0.0)
        await revocations.hear()
        return Gate(Verifier(ISSUER, service, keys), revocations)
