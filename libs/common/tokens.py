"""Access tokens: what one must look like before any service believes a word of it."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_network
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from . import jose
from .addresses import Network
from .database import PLATFORM
from .jwks import KeyCache
from .permissions import OPERATOR
from .problem_codes import InvalidToken

_LEEWAY_SECONDS = 10
_LONGEST_LIFE_SECONDS = 600
_REMEMBERED_VERDICTS = 10_000

# Exactly as identity wrote it: what a person may type more loosely, a token may not.
_Tenant = Annotated[str, Field(pattern=r"^[0-9]{9}$")]
_Word = Annotated[str, Field(min_length=1, max_length=255)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: taken from a verified token and from nothing else."""

    tenant: str
    subject: str
    client_id: str
    sid: str
    role: str
    scopes: frozenset[str]
    acr: str | None
    auth_time: int | None
    jti: str = ""
    intent: str | None = None
    addresses: tuple[Network, ...] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A token found good, until when, and the ids it can be revoked by."""

    caller: Caller
    expires_at: int
    sid: str
    jti: str


class Claims(BaseModel):
    """The members of an access token, of the right type or not at all.

    Source: security notes §3.5; RFC 9068.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    iss: _Word
    sub: _Word
    aud: Annotated[list[_Word], Field(min_length=1)]
    exp: int
    iat: int
    nbf: int | None = None
    jti: _Word
    client_id: _Word
    sid: _Word
    tenant: _Tenant | None = None
    role: Literal["administrator", "applicant", "client", "batch", "operator"]
    scope: Annotated[str, Field(min_length=1)]
    acr: Literal["aal1", "aal2"] | None = None
    amr: Annotated[list[_Word], Field(min_length=1)] | None = None
    auth_time: int | None = None
    intent: _Word | None = None
    addresses: list[_Word] | None = None

    @model_validator(mode="after")
    def _belongs_somewhere(self) -> Self:
        if (self.tenant is None) != (self.role == OPERATOR):
            raise ValueError("only staff, and all staff, have no tenant")
        return self

    @model_validator(mode="after")
    def _says_how_a_person_signed_in(self) -> Self:
        if self.role in ("administrator", "applicant") and None in (
            self.acr,
            self.amr,
            self.auth_time,
        ):
            raise ValueError("a person's token tells how and when they signed in")
        return self


class Verifier:
    """Judges access tokens for one service, and remembers its verdicts until they expire."""

    def __init__(self, issuer: str, service: str, keys: KeyCache) -> None:
        """Judge for the service that goes by this name in `aud`."""
        self._issuer = issuer
        self._service = service
        self._keys = keys
        self._verdicts: OrderedDict[bytes, Verdict] = OrderedDict()

    async def verify(self, token: str) -> Verdict:
        """Judge an access token.

        Raises: InvalidToken, without saying why; DependencyUnavailable.
        """
        # Keyed by hash, so a dump of this memory holds no usable token.
        fingerprint = sha256(token.encode("utf-8", "surrogatepass")).digest()
        verdict = self._verdicts.get(fingerprint)
        if verdict is None:
            verdict = await self._judge(token)
            self._remember(fingerprint, verdict)
        if verdict.expires_at + _LEEWAY_SECONDS <= time.time():
            self._verdicts.pop(fingerprint, None)
            raise InvalidToken
        self._verdicts.move_to_end(fingerprint)
        return verdict

    async def _judge(self, text: str) -> Verdict:
        try:
            token = jose.read(text)
        except jose.Malformed as why:
            raise InvalidToken from why
        await self._check_signature(token)
        claims = _claims(token)
        self._check_reach(claims)
        _check_times(claims)
        return Verdict(_caller(claims), claims.exp, claims.sid, claims.jti)

    async def _check_signature(self, token: jose.SignedToken) -> None:
        # An allow-list of header members refuses jku, jwk, x5u, crit and whatever comes next.
        if token.header.keys() != {"alg", "typ", "kid"}:
            raise InvalidToken
        kid = token.header["kid"]
        if (token.header["alg"], token.header["typ"]) != ("ES256", "at+jwt"):
            raise InvalidToken
        key = await self._keys.key(kid) if isinstance(kid, str) else None
        if key is None or not token.is_signed_by(key, "ES256"):
            raise InvalidToken

    def _check_reach(self, claims: Claims) -> None:
        if claims.iss != self._issuer or self._service not in claims.aud:
            raise InvalidToken

    def _remember(self, fingerprint: bytes, verdict: Verdict) -> None:
        self._verdicts[fingerprint] = verdict
        if len(self._verdicts) > _REMEMBERED_VERDICTS:
            self._verdicts.popitem(last=False)


def _claims(token: jose.SignedToken) -> Claims:
    try:
        return Claims.model_validate(token.payload)
    except ValidationError as why:
        raise InvalidToken from why


def _check_times(claims: Claims) -> None:
    starts = max(claims.iat, claims.nbf or claims.iat)
    if starts > time.time() + _LEEWAY_SECONDS:
        raise InvalidToken
    if not 0 < claims.exp - claims.iat <= _LONGEST_LIFE_SECONDS:
        raise InvalidToken


def _networks(ranges: list[str]) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(it) for it in ranges)
    except ValueError as why:
        raise InvalidToken from why


def _caller(claims: Claims) -> Caller:
    return Caller(
        tenant=claims.tenant or PLATFORM,
        subject=claims.sub,
        client_id=claims.client_id,
        sid=claims.sid,
        role=claims.role,
        scopes=frozenset(claims.scope.split(" ")),
        acr=claims.acr,
        auth_time=claims.auth_time,
        jti=claims.jti,
        intent=claims.intent,
        addresses=None if claims.addresses is None else _networks(claims.addresses),
    )
