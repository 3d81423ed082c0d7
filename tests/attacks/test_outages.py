"""What everything hangs on is away, or taken: 503, and nothing happens by guess."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from deploy.postgres import DatabaseUrls
from libs.common.jwks import KeyCache, keys_over_http
from libs.common.liveness import Revocations, revocations_over_http
from libs.common.security import Gate
from libs.common.tokens import Verifier
from tests.attacks.given import Services
from tests.attacks.targets import SERVICES, guarded
from tests.buyers import given as in_buyers
from tests.kit import then
from tests.kit.running import Running, running
from tests.kit.stand_in_identity import ISSUER, StandInIdentity

_MORE_THAN_CONNECTIONS = 20
_KNOWN_BY_HEART = {"/v1/ledger-layouts"}
"""What a service answers without asking its database."""

_NOWHERE = "postgresql://nobody:a-password-of-ours@127.0.0.1:1/none"
# More than are read at once, so that nobody is done before the first piece is taken.
_A_LONG_LIST = text("""
INSERT INTO buyers (buyer_code, name, search_key, country, country_code, kind, active, sample,
                    version, updated_at)
SELECT to_char(n, 'FM0000000'), 'BUYER', 'BUYER', 'TH', '111', 'BUYER', true, true, 1, now()
FROM generate_series(5000000, 5002500) AS n ON CONFLICT DO NOTHING
""")


def _deaf(service: Running) -> Gate:
    """A gate that has never heard what was revoked."""
    gate: Gate = service.app.state.gate
    silent = Revocations(revocations_over_http(service.identity.client(), "http://identity"))
    return replace(gate, revocations=silent)


@pytest.mark.attack("S62")
@pytest.mark.parametrize("service", SERVICES)
async def test_while_nobody_knows_what_is_revoked_nothing_opens(
    services: Services, service: str
) -> None:
    """Given a service that has not heard from identity, when anything is asked, then 503."""
    running, gate = services[service], services[service].app.state.gate
    running.app.state.gate = _deaf(running)
    answers = [
        await running.client.request(
            it.method, it.at(), headers=running.identity.bearer(*it.scopes)
        )
        for it in guarded(services)
        if it.service == service and not it.path.startswith("/ops/")
    ]
    running.app.state.gate = gate

    for answer in answers:
        then.refused(answer, 503, "dependency-unavailable")


@pytest.mark.attack("S62")
async def test_a_write_refused_so_leaves_nothing(services: Services) -> None:
    """Given a buyer to enter, when identity is not heard, then it is not entered."""
    buyers, gate, code = services["buyers"], services["buyers"].app.state.gate, in_buyers.code()
    buyers.app.state.gate = _deaf(buyers)
    refused = await in_buyers.entered(buyers, code)
    buyers.app.state.gate = gate

    found = await buyers.client.get(f"/v1/buyers/{code}", headers=buyers.caller("buyers:read"))

    then.refused(refused, 503, "dependency-unavailable")
    then.refused(found, 404, "not-found", "buyer-not-found")


@pytest.mark.attack("S62")
@pytest.mark.parametrize("service", SERVICES)
async def test_while_nobody_knows_the_keys_nothing_opens(services: Services, service: str) -> None:
    """Given a service that has never got identity's keys, when anything is asked, then 503."""
    running, gate = services[service], services[service].app.state.gate
    silent = StandInIdentity(silent=True)
    keys = KeyCache(keys_over_http(silent.client(), "http://identity/.well-known/jwks.json"))
    running.app.state.gate = replace(gate, verifier=Verifier(ISSUER, service, keys))
    answers = [
        await running.client.request(
            it.method, it.at(), headers=running.identity.bearer(*it.scopes)
        )
        for it in guarded(services)
        if it.service == service and not it.path.startswith("/ops/")
    ]
    running.app.state.gate = gate

    for answer in answers:
        then.refused(answer, 503, "dependency-unavailable")


@pytest.mark.attack("S62")
@pytest.mark.parametrize("service", SERVICES)
async def test_without_a_database_every_act_may_be_tried_again(
    services: Services, service: str
) -> None:
    """Given no database, when anything is asked, then 503 says so and not where it was."""
    nowhere = DatabaseUrls(owner=_NOWHERE, app=_NOWHERE, relay=_NOWHERE, staff=_NOWHERE)
    async with running(service, nowhere) as alone:
        answers: list[httpx.Response] = [
            await alone.client.get(
                it.at(), headers=alone.identity.bearer(*it.scopes, role="administrator")
            )
            for it in guarded(services)
            if it.service == service and it.is_list and not it.path.startswith("/ops/")
            if it.path not in _KNOWN_BY_HEART
        ]
        ready = await alone.client.get("/readyz", headers={"X-Request-Id": uuid4().hex})

    for answer in (*answers, ready):
        then.refused(answer, 503, "dependency-unavailable")
        assert "127.0.0.1" not in answer.text


class _SlowReader:
    """Somebody who asks for a file, and then does not read it."""

    def __init__(self, service: Running) -> None:
        """Be about to ask."""
        self._app = service.app
        headers = service.caller("buyers:read") | {"Host": "127.0.0.1"}
        path = "/v1/buyers/export"
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"format=jsonl",
            "headers": [(name.lower().encode(), it.encode()) for name, it in headers.items()],
            "client": ("127.0.0.1", 4711),
        }
        self._sent = [{"type": "http.request", "body": b"", "more_body": False}]
        self.begun, self.may_read = asyncio.Event(), asyncio.Event()

    async def read(self) -> None:
        """Ask, and stop reading at the first piece."""
        await self._app(self._scope, self._wait, self._take)

    async def _wait(self) -> MutableMapping[str, Any]:
        if self._sent:
            return self._sent.pop()
        await self.may_read.wait()
        return {"type": "http.disconnect"}

    async def _take(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            self.begun.set()
            await self.may_read.wait()


async def test_slow_readers_keep_nobody_else_waiting(services: Services) -> None:
    """Given many who ask for files and do not read them, when another asks, then it is answered."""
    buyers = services["buyers"]
    async with buyers.databases.platform() as tx:
        await tx.execute(_A_LONG_LIST)
    readers = [_SlowReader(buyers) for _ in range(_MORE_THAN_CONNECTIONS)]
    reading = []
    for reader in readers:
        # One after the other: that many who begin at once may wait for a connection too long.
        reading.append(asyncio.create_task(reader.read()))
        async with asyncio.timeout(30):
            await reader.begun.wait()

    answer = await buyers.client.get("/v1/buyers", headers=buyers.caller("buyers:read"))
    for reader in readers:
        reader.may_read.set()
    await asyncio.gather(*reading, return_exceptions=True)

    assert answer.status_code == 200
