"""Public keys of machine clients: taken in, and used to check what a client signed."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from libs.common import jose

from .. import tables
from ..errors import PublicKeyRefused

_ALGORITHMS = {"EC": "ES256", "RSA": "PS256"}
_THUMBPRINT_MEMBERS = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}
_SMALLEST_RSA_BITS = 3072


@dataclass(frozen=True, slots=True)
class NewKey:
    """A public key a client brings, and the last day it may be used (Japan)."""

    jwk: Mapping[str, str]
    kid: str | None
    expires_on: date


def accept(client_id: str, tenant: str, new: NewKey) -> tables.ClientKey:
    """Take a public key in, under its own id or its thumbprint.

    Raises: PublicKeyRefused.
    Source: security notes §3.7 (P-256, or RSA of 3072 bits and more).
    """
    algorithm = _ALGORITHMS[new.jwk["kty"]]
    key = _public_key(new.jwk, algorithm)
    if isinstance(key, RSAPublicKey) and key.key_size < _SMALLEST_RSA_BITS:
        raise PublicKeyRefused
    return tables.ClientKey(
        tenant=tenant,
        client_id=client_id,
        kid=new.kid or thumbprint(new.jwk),
        algorithm=algorithm,
        jwk=dict(new.jwk),
        expires_on=new.expires_on,
    )


def has_signed(key: tables.ClientKey, token: jose.SignedToken) -> bool:
    """Check a client's signature with one of its keys, by the algorithm of that key alone."""
    return token.is_signed_by(_public_key(key.jwk, key.algorithm), key.algorithm)


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Name a public key by its own content.

    Source: RFC 7638 §3.
    """
    members = {name: jwk[name] for name in _THUMBPRINT_MEMBERS[jwk["kty"]]}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(sha256(canonical.encode()).digest()).rstrip(b"=").decode()


def _public_key(jwk: Mapping[str, str], algorithm: str) -> Any:
    try:
        return PyJWK.from_dict(dict(jwk), algorithm=algorithm).key
    except (PyJWTError, ValueError) as why:
        raise PublicKeyRefused from why
