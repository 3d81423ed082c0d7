"""Machines at the gateway: how they prove who they are, and how they ask and wait."""

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import jwt

Json = dict[str, Any]
Answer = TypeVar("Answer")

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 60
# Asked anew before it runs out, so that no request meets its last second.
_SPARE_SECONDS = 30
_POLL_SECONDS = 0.2


class Refused(Exception):
    """The platform said no where a yes was expected."""


class PrivateKeyJwt(httpx.Auth):
    """Gets access tokens for assertions signed with a client's key (RFC 7523).

    Source: RFC 7523 §2.2 and §3; the endpoint's address is that of the issuer.
    """

    requires_response_body = True

    def __init__(self, issuer: str, client_id: str, key: Path) -> None:
        """Take the client's name and the file of its private key; nothing is asked yet."""
        self._issuer = issuer
        self._client_id = client_id
        self._key = key.read_bytes()
        self._token = ""
        self._good_until = 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request with a token, which is fetched first when there is none."""
        if time.monotonic() > self._good_until:
            issued = granted((yield self.token_request()))
            self._token = issued["access_token"]
            self._good_until = time.monotonic() + issued["expires_in"] - _SPARE_SECONDS
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    def token_request(self) -> httpx.Request:
        """The request that asks for a token, under a new assertion."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(),
        }
        return httpx.Request("POST", f"{self._issuer}/v1/oauth2/token", data=form)

    def _assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._issuer,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": uuid4().hex,
        }
        header = {"typ": "client-authentication+jwt"}
        return jwt.encode(claims, self._key, algorithm="ES256", headers=header)


def granted(answer: httpx.Response) -> Json:
    """Give the body of a good answer.

    Raises: Refused, with the problem as it was told.
    """
    if not answer.is_success:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise Refused(f"{asked} was answered {answer.status_code}: {answer.text}")
    body: Json = answer.json()
    return body


def until(
    holds: Callable[[Answer], bool], ask: Callable[[], Answer], seconds: float = 60
) -> Answer:
    """Ask again until the answer is the right one; when time is up, give the last one as it is."""
    deadline = time.monotonic() + seconds
    while not holds(answer := ask()) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return answer


def fresh_key() -> str:
    """An Idempotency-Key nobody has used."""
    return uuid4().hex
