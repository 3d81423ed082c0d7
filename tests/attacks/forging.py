"""Access tokens that look like identity's, and are not."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization

from tests.attacks.targets import SERVICES
from tests.kit.stand_in_identity import ISSUER, StandInIdentity

_SPOILT_HEADERS: dict[str, dict[str, dict[str, Any]]] = {
    "S17": {
        "a key behind jku": {"jku": "https://evil.test/jwks.json"},
        "a key behind x5u": {"x5u": "https://evil.test/chain.pem"},
        "a key in jwk": {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        "crit": {"crit": ["exp"], "exp": 1},
        "an unknown kid": {"kid": "unknown"},
    },
    "S19": {
        "an identity token": {"typ": "JWT"},
        "a client assertion": {"typ": "client-authentication+jwt"},
        "a DPoP proof": {"typ": "dpop+jwt"},
    },
}
_SPOILT_CLAIMS: dict[str, dict[str, dict[str, Any]]] = {
    "S18": {
        "expired": {"iat": -400, "exp": -100},
        "not yet good": {"nbf": 60},
        "issued tomorrow": {"iat": 60, "exp": 300},
        "living too long": {"exp": 601},
        "without jti": {"jti": None},
        "without sid": {"sid": None},
        "without tenant": {"tenant": None},
        "of the platform": {"tenant": "platform"},
    },
    "S20": {
        "for another service": {"aud": ["nobody"]},
        "for a service as text": {"aud": "buyers"},
        "of the issuer's neighbour": {"iss": ISSUER + ".evil.test"},
        "of the issuer's beginning": {"iss": ISSUER[:-1]},
        "of the issuer with a slash": {"iss": ISSUER + "/"},
    },
}
FORGERIES = [
    (attack, what)
    for spoilt in (_SPOILT_HEADERS, _SPOILT_CLAIMS)
    for attack, ways in spoilt.items()
    for what in ways
] + [("S17", "alg none"), ("S17", "HS256 with the public key"), ("S17", "another's key")]
"""Every forgery: the attack it belongs to, and what is wrong with it."""


def forged(identity: StandInIdentity, attack: str, what: str, scope: str) -> str:
    """Forge a token that asks for this scope."""
    claims = identity.claims([scope]) | {"aud": list(SERVICES)}
    match what:
        case "alg none":
            header = {"typ": "at+jwt", "kid": identity.kid}
            return jwt.encode(claims, "", "none", headers=header)
        case "HS256 with the public key":
            return _confused(identity, claims)
        case "another's key":
            return StandInIdentity(kid=identity.kid).sign(claims)
    header = _SPOILT_HEADERS.get(attack, {}).get(what, {})
    return identity.sign(_spoilt(claims, _SPOILT_CLAIMS.get(attack, {}).get(what, {})), **header)


def _spoilt(claims: dict[str, Any], spoil: dict[str, Any]) -> dict[str, Any]:
    now = int(time.time())
    changed = {name: now + it if isinstance(it, int) else it for name, it in spoil.items()}
    return {name: it for name, it in (claims | changed).items() if it is not None}


def _confused(identity: StandInIdentity, claims: dict[str, Any]) -> str:
    # By hand: PyJWT will not help anybody make this mistake.
    public = identity.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"alg": "HS256", "typ": "at+jwt", "kid": identity.kid}
    signed = ".".join(_segment(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_segment(hmac.digest(public, signed.encode(), 'sha256'))}"


def _segment(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
