"""The form a machine sends to the token endpoint, read to the letter."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus

from ..errors import InvalidClient, InvalidRequest, UnsupportedGrantType
from .assertions import ASSERTION_TYPE

MEDIA_TYPE = "application/x-www-form-urlencoded"

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 (the name of a type)

_MOST_FIELDS = 10


@dataclass(frozen=True, slots=True)
class Secret:
    """A client id and the secret it was given, as HTTP Basic carries them."""

    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class SignedAssertion:
    """A client's signed word; the client id beside it is optional and must agree."""

    text: str
    client_id: str | None


@dataclass(frozen=True, slots=True)
class TokenForm:
    """What is asked for, and the one proof that came with it."""

    proof: Secret | SignedAssertion
    scope: str | None


def read_form(body: bytes, authorization: Sequence[str]) -> TokenForm:
    """Read the form and the credentials.

    Raises: InvalidRequest, InvalidClient, UnsupportedGrantType.
    Source: RFC 6749 §2.3.1, §3.2 and §4.4.2; RFC 7521 §4.2.
    """
    fields = _fields(body)
    if "grant_type" not in fields:
        raise InvalidRequest
    if fields["grant_type"] != "client_credentials":
        raise UnsupportedGrantType
    return TokenForm(_proof(fields, authorization), fields.get("scope"))


@dataclass(frozen=True, slots=True, repr=False)
class ExchangeForm:
    """A job's own token, and the policyholder, service and scopes it wants another for."""

    subject_token: str
    audience: str
    policyholder_code: str
    scope: str | None


def read_exchange(body: bytes) -> ExchangeForm:
    """Read the form that exchanges a token.

    Raises: InvalidRequest, UnsupportedGrantType.
    Source: RFC 8693 §2.1; the policyholder is ours.
    """
    fields = _fields(body)
    if "grant_type" not in fields:
        raise InvalidRequest
    if fields["grant_type"] != EXCHANGE:
        raise UnsupportedGrantType
    wanted = ("subject_token", "audience", "policyholder_code")
    if fields.get("subject_token_type") != ACCESS_TOKEN or any(it not in fields for it in wanted):
        raise InvalidRequest
    subject_token, audience, policyholder_code = (fields[it] for it in wanted)
    return ExchangeForm(subject_token, audience, policyholder_code, fields.get("scope"))


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as why:
        raise InvalidRequest from why
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequest
    return fields


def _proof(fields: dict[str, str], authorization: Sequence[str]) -> Secret | SignedAssertion:
    by_assertion = "client_assertion" in fields or "client_assertion_type" in fields
    # Two proofs leave it open which one counts, so neither does.
    if len(authorization) > 1 or (authorization and by_assertion):
        raise InvalidRequest
    if authorization:
        return _basic(authorization[0])
    if not by_assertion:
        raise InvalidClient
    if fields.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in fields:
        raise InvalidRequest
    return SignedAssertion(fields["client_assertion"], fields.get("client_id"))


def _basic(header: str) -> Secret:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient
    try:
        text = b64decode(encoded, validate=True).decode("utf-8")
    except ValueError as why:
        raise InvalidClient from why
    client_id, secret = (unquote_plus(part) for part in text.partition(":")[::2])
    # No id of ours has a control character, and no database takes a NUL.
    if not client_id.isprintable():
        raise InvalidClient
    return Secret(client_id, secret)
