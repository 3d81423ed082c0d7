"""The public signing keys of identity, as one process knows them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import httpx
from jwt import PyJWK, PyJWTError
from pydantic import BaseModel, ValidationError

from .logs import get_logger
from .problem_codes import DependencyUnavailable

log = get_logger()

FetchKeys = Callable[[], Awaitable[Iterable[Mapping[str, object]]]]
"""Ask identity for its keys (JWK members); raises DependencyUnavailable when it is silent."""

_FRESH_SECONDS = 600
_UNKNOWN_KEY_SECONDS = 30
_NO_KEYS_SECONDS = 1


class _KeySet(BaseModel):
    keys: list[dict[str, object]]


class KeyCache:
    """Identity's keys by key id, fetched rarely and never forgotten for a stranger's sake.

    Source: security notes §3.5 (10 minutes; one fetch in 30 s for an unknown id).
    """

    def __init__(self, fetch: FetchKeys, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Know nothing yet; the first question makes it ask."""
        self._fetch = fetch
        self._monotonic = monotonic
        self._keys: dict[str, Any] = {}
        self._asked_at = float("-inf")
        self._turn = asyncio.Lock()

    async def key(self, kid: str) -> Any | None:
        """Find a public key, or None when identity does not know the id either.

        Raises: DependencyUnavailable, if identity has never answered.
        """
        if self._is_due(kid):
            # One caller fetches; those behind it find the answer when their turn comes.
            async with self._turn:
                if self._is_due(kid):
                    await self._refresh()
        if not self._keys:
            raise DependencyUnavailable
        return self._keys.get(kid)

    def _is_due(self, kid: str) -> bool:
        age = self._monotonic() - self._asked_at
        if not self._keys:
            return age >= _NO_KEYS_SECONDS
        return age >= (_FRESH_SECONDS if kid in self._keys else _UNKNOWN_KEY_SECONDS)

    async def _refresh(self) -> None:
        self._asked_at = self._monotonic()
        try:
            keys = dict(_public_keys(await self._fetch()))
        except DependencyUnavailable:
            # Old keys stay good: a silent identity must not sign everybody out.
            log.warning("signing_keys_not_refreshed", known=len(self._keys))
            return
        self._keys = keys or self._keys


def _public_keys(jwks: Iterable[Mapping[str, object]]) -> Iterable[tuple[str, Any]]:
    for jwk in jwks:
        kid = jwk.get("kid")
        if not isinstance(kid, str) or jwk.get("crv") != "P-256" or "d" in jwk:
            continue
        try:
            yield kid, PyJWK.from_dict(dict(jwk), algorithm="ES256").key
        except PyJWTError:
            log.warning("signing_key_unreadable", kid=kid)


def keys_over_http(client: httpx.AsyncClient, url: str) -> FetchKeys:
    """Ask for the keys where the settings say they are, and nowhere a token says."""

    async def fetch() -> list[dict[str, object]]:
        try:
            answer = await client.get(url)
            return _KeySet.model_validate_json(answer.raise_for_status().content).keys
        except (httpx.HTTPError, ValidationError) as why:
            raise DependencyUnavailable from why

    return fetch
