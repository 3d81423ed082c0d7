"""Carries facts from the outbox to Kafka: at least once, in order for each key.

Any number of relays may run; the advisory lock lets one work for a service at a time, and its
loss (a dead process, a restarted database) lets the next one in.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from .driver import FAILURES, hang_up
from .envelope import headers_of, kafka_key
from .events import MAX_FACT_BYTES
from .outbox import CHANNEL, Bell
from .packing import data_of
from .settings import ServiceSettings

log = structlog.get_logger(__name__)

UNSENT = Gauge("outbox_unsent", "Facts committed and not yet told", ["service"])
AGE = Gauge("outbox_age_seconds", "Age of the oldest fact not yet told", ["service"])

_BATCH = 1000
_POLL_SECONDS = 1.0
_RETRY_SECONDS = 0.5
LOCK = 0x4D4F5941  # "MOYA"
"""The advisory lock that lets one relay per database work."""

_NEXT = """
SELECT position, tenant, id, topic, type, key, sequence, data, packed, correlation_id,
       causation_id, traceparent, told_at
FROM outbox WHERE sent_at IS NULL ORDER BY position LIMIT $1
"""
_TAKE_OVER = "SELECT pg_try_advisory_lock($1)"
_SENT = "UPDATE outbox SET sent_at = now() WHERE position = ANY($1)"
_WAITING = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(told_at)), 0)
FROM outbox WHERE sent_at IS NULL
"""


class Relay:
    """The only code that writes facts to Kafka."""

    def __init__(self, settings: ServiceSettings, bell: Bell) -> None:
        """Prepare; `run` does the work."""
        self._settings = settings
        self._bell = bell
        self._measured_at = 0.0

    async def run(self) -> None:
        """Work until cancelled, through restarts of broker and database."""
        while True:
            try:
                await self._work()
            except (*FAILURES, KafkaError) as error:
                # What was sent and not noted is sent again; listeners know its id.
                log.warning("relay_interrupted", error=repr(error))
                await asyncio.sleep(_RETRY_SECONDS)

    async def _work(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            # A power cut may forget that a fact was sent: it is sent again, and known by its id.
            connection = await asyncpg.connect(
                self._settings.database_relay_url, server_settings={"synchronous_commit": "off"}
            )
            stack.push_async_callback(hang_up, connection)
            await connection.add_listener(CHANNEL, lambda _, pid, *__: self._bell.hear(pid))
            await self._become_the_one(connection)
            # A fresh producer each time: after a failure its predecessor's state is unknown.
            producer = AIOKafkaProducer(
                bootstrap_servers=self._settings.kafka_bootstrap,
                enable_idempotence=True,
                acks="all",
                linger_ms=0,
                max_request_size=MAX_FACT_BYTES,
            )
            stack.push_async_callback(producer.stop)
            await producer.start()
            while True:
                if await self._drain(connection, producer) < _BATCH:
                    await self._bell.wait(_POLL_SECONDS)
                    await self._measure(connection)

    async def _become_the_one(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        # Asked again and again: a statement that waits for hours would keep VACUUM from its work.
        while not await connection.fetchval(_TAKE_OVER, LOCK):  # noqa: ASYNC110 (who ends is afar)
            await asyncio.sleep(_POLL_SECONDS)

    async def _drain(
        self, connection: "asyncpg.Connection[asyncpg.Record]", producer: AIOKafkaProducer
    ) -> int:
        facts = await connection.fetch(_NEXT, _BATCH)
        if facts:
            await self._send(producer, facts)
            await connection.execute(_SENT, [fact["position"] for fact in facts])
        return len(facts)

    async def _measure(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        if time.monotonic() < self._measured_at + _POLL_SECONDS:
            return
        self._measured_at = time.monotonic()
        waiting, age = await connection.fetchrow(_WAITING)
        UNSENT.labels(self._settings.service).set(waiting)
        AGE.labels(self._settings.service).set(age)

    async def _send(self, producer: AIOKafkaProducer, facts: Sequence[asyncpg.Record]) -> None:
        source = self._settings.service
        sent = [
            await producer.send(
                fact["topic"],
                key=kafka_key(fact["tenant"], fact["key"]),
                value=data_of(fact),
                headers=headers_of(fact, source),
            )
            for fact in facts
        ]
        await asyncio.gather(*sent)
