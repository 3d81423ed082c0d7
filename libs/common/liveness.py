"""Revocations: sessions, keys and tokens that have ended; and who may come from where."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_network

import httpx
from pydantic import BaseModel, ValidationError

from .addresses import Address, Ranges
from .logs import get_logger
from .problem_codes import DependencyUnavailable

log = get_logger()

SILENCE_SECONDS = 60
"""How long identity may be silent before nobody is believed any more."""

KEPT_SECONDS = 900
"""How long a revocation is remembered: longer than any access token lives."""

_RETRY_SECONDS = 1
# Short enough that a server told to stop is not kept waiting by its listeners.
_WAIT_SECONDS = 3


class Bulletin(BaseModel):
    """What identity tells at once, since a place, and the place to go on from.

    `restrictions` are the address ranges of policyholders whose restriction has changed; None
    where there is none any more.
    """

    ids: list[str]
    last: int
    restrictions: dict[str, list[str] | None] = {}


Ask = Callable[[int | None], Awaitable[Bulletin]]
"""Ask identity what was revoked after a place.

Without a place it answers at once with all that still matters; with one it may
hold the question until there is news. Raises DependencyUnavailable.
"""


class Revocations:
    """The revoked ids this process has heard of, and how long ago it last heard.

    Source: architecture notes §7.20, security notes §3.5.
    """

    def __init__(self, ask: Ask, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Have heard nothing yet."""
        self._ask = ask
        self._monotonic = monotonic
        self._heard_at: float | None = None
        self._last: int | None = None
        self._ids: dict[str, float] = {}
        self._restrictions: dict[str, Ranges] = {}

    def include(self, *ids: str) -> bool:
        """Tell whether any of these ids is revoked.

        Raises: DependencyUnavailable, when the answer would be a guess.
        """
        if self._heard_at is None or self._monotonic() - self._heard_at > SILENCE_SECONDS:
            raise DependencyUnavailable
        return any(it in self._ids for it in ids)

    def admit(self, tenant: str, address: Address | None) -> bool:
        """Tell whether a policyholder's callers may come from an address.

        An address nobody knows is outside of every restriction.
        Source: security notes §3.9.
        """
        ranges = self._restrictions.get(tenant)
        return ranges is None or ranges.include(address)

    async def hear(self) -> None:
        """Ask identity once and remember what it tells."""
        news = await self._ask(self._last)
        self._heard_at = self._monotonic()
        self._last = news.last
        self._ids.update(dict.fromkeys(news.ids, self._heard_at))
        for tenant, ranges in news.restrictions.items():
            self._restrictions.pop(tenant, None)
            if ranges is not None:
                self._restrictions[tenant] = Ranges(ip_network(it) for it in ranges)
        self._forget_before(self._heard_at - KEPT_SECONDS)

    async def follow(self) -> None:
        """Keep hearing until cancelled."""
        while True:
            try:
                await self.hear()
            except DependencyUnavailable:
                log.warning("identity_silent")
                await asyncio.sleep(_RETRY_SECONDS)

    def _forget_before(self, instant: float) -> None:
        for it in [it for it, heard_at in self._ids.items() if heard_at < instant]:
            del self._ids[it]


def revocations_over_http(client: httpx.AsyncClient, identity_url: str) -> Ask:
    """Ask identity by long-polling its internal address."""

    async def ask(after: int | None) -> Bulletin:
        place = {} if after is None else {"after": after, "wait": _WAIT_SECONDS}
        try:
            answer = await client.get(
                f"{identity_url}/internal/revocations", params=place, timeout=_WAIT_SECONDS + 10
            )
            return Bulletin.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError) as why:
            raise DependencyUnavailable from why

    return ask
