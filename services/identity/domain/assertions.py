"""Client assertions: how a machine says who it is, in a text it has signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from ..errors import InvalidClient

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("ES256", "PS256")

_TYP = "client-authentication+jwt"
_MEMBERS = {"alg", "typ", "kid"}
_LONGEST_AHEAD_SECONDS = 60
_OLDEST_SECONDS = 60
_CLOCK_SKEW_SECONDS = 10
_LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a client claims; its signature is still to be checked with the client's key."""

    client_id: str
    jti: str
    expires_at: int
    algorithm: str
    kid: str | None


def judge_assertion(
    header: Mapping[str, object], claims: Mapping[str, object], issuer: str, now: float
) -> Assertion:
    """Judge an assertion by everything but its signature and its single use.

    Units:  `now` in seconds since 1970, real time.
    Raises: InvalidClient, without saying why.
    Source: security notes §3.7; RFC 7523 §3, RFC 8725 §3.11 (explicit typing).
    """
    client_id, jti = claims.get("sub"), claims.get("jti")
    kid, algorithm = header.get("kid"), header.get("alg")
    expires_at, issued_at = claims.get("exp"), claims.get("iat")
    if not header.keys() <= _MEMBERS or header.get("typ") != _TYP:
        raise InvalidClient
    if algorithm not in ALGORITHMS or not isinstance(kid, str | None):
        raise InvalidClient
    if not _is_id(client_id) or not _is_id(jti) or claims.get("iss") != client_id:
        raise InvalidClient
    # One string, and the issuer's: an assertion made for another server opens nothing here.
    if claims.get("aud") != issuer:
        raise InvalidClient
    if not _is_instant(expires_at) or not now < expires_at <= now + _LONGEST_AHEAD_SECONDS:
        raise InvalidClient
    if not _is_instant(issued_at) or not -_OLDEST_SECONDS <= issued_at - now <= _CLOCK_SKEW_SECONDS:
        raise InvalidClient
    return Assertion(client_id, jti, expires_at, str(algorithm), kid)


def _is_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 1 <= len(value) <= _LONGEST_ID and value.isprintable()


def _is_instant(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
