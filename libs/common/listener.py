"""Hears facts from Kafka and has each handled once in effect, in order for each key.

The place reached in a partition is a row in the service's own database and moves in the handlers'
transaction: a crash repeats nothing and loses nothing, and a service started on an empty database
hears everything again from the beginning. Kafka's own offsets follow, for the tools that show lag.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
    ConsumerRecord,
    TopicPartition,
)
from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from . import context
from .database import PLATFORM, Databases, act_for, is_outage
from .deliveries import (
    Delivery,
    SequenceGap,
    SequenceTaken,
    new_deliveries,
    note,
    position_of,
    read_delivery,
)
from .envelope import BrokenEnvelope
from .events import MAX_FACT_BYTES
from .inbox import Inbox
from .settings import ServiceSettings
from .topics import dead_letters

log = structlog.get_logger(__name__)

_PLACE = ("group", "topic", "partition")
LAG = Gauge("inbox_lag", "Facts on Kafka not yet handled", _PLACE)
AGE = Gauge("inbox_age_seconds", "How old a fact was when it was handled, the last one", _PLACE)
BURIED = Counter("inbox_buried", "Facts put among the dead letters", ["group"])

_BATCH = 500
_TRIES = 5
_RETRY_SECONDS = 0.2
_Records = Sequence["ConsumerRecord[bytes, bytes]"]


class Listener:
    """The consumer of one group in one process; several share the partitions."""

    def __init__(self, inbox: Inbox, databases: Databases, settings: ServiceSettings) -> None:
        """Prepare; `run` does the work."""
        self._inbox = inbox
        self._databases = databases
        self._settings = settings

    async def run(self) -> None:
        """Work until cancelled, through restarts of broker and database."""
        while True:
            try:
                await self._listen()
            except* (OSError, KafkaError, DBAPIError, PoolTimeout) as errors:
                log.warning("listener_interrupted", error=repr(errors.exceptions))
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap,
            group_id=self._inbox.group,
            # In the background and only for those who watch: nobody waits for it.
            enable_auto_commit=True,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(consumer.stop)
            seeker = _Seeker(consumer, self._databases)
            consumer.subscribe(self._inbox.topics, listener=seeker)
            await consumer.start()
            while True:
                batches = await consumer.getmany(timeout_ms=1000, max_records=_BATCH)
                seeker.raise_failure()
                async with asyncio.TaskGroup() as group:
                    for partition, records in batches.items():
                        group.create_task(self._handle(partition, records))
                self._measure(consumer, batches)

    def _measure(
        self, consumer: AIOKafkaConsumer, batches: Mapping[TopicPartition, _Records]
    ) -> None:
        for partition, records in batches.items():
            left = (consumer.highwater(partition) or 0) - records[-1].offset - 1
            place = (self._inbox.group, partition.topic, partition.partition)
            LAG.labels(*place).set(max(0, left))
            AGE.labels(*place).set(max(0.0, time.time() - records[-1].timestamp / 1000))

    async def _handle(self, partition: TopicPartition, records: _Records) -> None:
        try:
            await self._apply(partition, records)
        except Exception as error:
            if is_outage(error):
                raise
            await self._handle_singly(partition, records)

    async def _handle_singly(self, partition: TopicPartition, records: _Records) -> None:
        # One fact of the batch is poison: find it, without holding up the others.
        for record in records:
            await self._try(partition, record)

    async def _try(self, partition: TopicPartition, record: Any) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._apply(partition, [record])
            except (SequenceGap, SequenceTaken, BrokenEnvelope) as error:
                return await self._bury(partition, record, error)
            except Exception as error:
                if is_outage(error):
                    raise
                log.warning("fact_refused", topic=partition.topic, attempt=attempt, exc_info=error)
                if attempt == _TRIES:
                    return await self._bury(partition, record, error)
                await asyncio.sleep(_RETRY_SECONDS * attempt)
        return None

    async def _apply(self, partition: TopicPartition, records: _Records) -> None:
        """Handle records in one transaction per run of one tenant."""
        for tenant, run in _runs_of_one_tenant(records):
            async with self._door(tenant, run) as tx:
                reached = await position_of(tx, partition, lock=True)
                fresh = [delivery for delivery in run if delivery.offset >= reached]
                for delivery in await new_deliveries(tx, fresh):
                    await self._carry_out(tx, delivery)
                    if tx.info["tenant"] != tenant:
                        # A handler turned to a policyholder; the inbox is still the run's.
                        await act_for(tx, tenant)
                await note(tx, partition, run[-1].offset + 1, fresh)

    def _door(
        self, tenant: str, run: Sequence[Delivery]
    ) -> contextlib.AbstractAsyncContextManager[AsyncSession]:
        """Open the door with the least rights that are enough for a run."""
        takes_staff = any(self._inbox.takes_staff(delivery.envelope.type) for delivery in run)
        if tenant == PLATFORM or takes_staff:
            return self._databases.staff(tenant)
        return self._databases.tenant(tenant)

    async def _carry_out(self, tx: Any, delivery: Delivery) -> None:
        handler = self._inbox.handlers.get(delivery.envelope.type)
        if handler is None:
            return
        context.correlation_id.set(delivery.envelope.correlation_id)
        context.causation_id.set(str(delivery.envelope.id))
        context.traceparent.set(delivery.envelope.traceparent)
        await handler.act(tx, handler.fact.model_validate_json(delivery.data))

    async def _bury(self, partition: TopicPartition, record: Any, error: Exception) -> None:
        """Put a fact among the dead letters with the reason, then go on behind it."""
        reasons = {
            "x-error-reason": type(error).__name__,
            "x-error-detail": str(error)[:500],
            "x-error-topic": partition.topic,
            "x-error-partition": str(partition.partition),
            "x-error-offset": str(record.offset),
        }
        headers = [*record.headers, *((name, text.encode()) for name, text in reasons.items())]
        async with AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka_bootstrap,
            enable_idempotence=True,
            acks="all",
            max_request_size=MAX_FACT_BYTES,
        ) as producer:
            await producer.send_and_wait(
                dead_letters(self._inbox.group), record.value, record.key, headers=headers
            )
        BURIED.labels(self._inbox.group).inc()
        log.error("fact_buried", topic=partition.topic, offset=record.offset, exc_info=error)
        async with self._databases.platform() as tx:
            await note(tx, partition, record.offset + 1, [])


def _runs_of_one_tenant(records: _Records) -> Iterator[tuple[str, list[Delivery]]]:
    deliveries = [read_delivery(record) for record in records]
    for tenant, run in groupby(deliveries, key=lambda delivery: delivery.envelope.tenant):
        yield tenant, list(run)


class _Seeker(ConsumerRebalanceListener):  # type: ignore[misc]  # untyped library
    """Starts each partition where this service's database says it stopped."""

    def __init__(self, consumer: AIOKafkaConsumer, databases: Databases) -> None:
        self._consumer = consumer
        self._databases = databases
        self._failure: OSError | DBAPIError | PoolTimeout | None = None

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing to do: what was handled is noted."""

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Seek every partition to the place that is noted, or to its beginning."""
        # Before anything else: not one record may come from where Kafka thinks we are.
        self._consumer.pause(*assigned)
        try:
            async with self._databases.platform() as tx:
                for partition in assigned:
                    self._consumer.seek(partition, await position_of(tx, partition, lock=False))
        except (OSError, DBAPIError, PoolTimeout) as error:
            # The client would only log it, and never hear anything again.
            self._failure = error
        else:
            self._consumer.resume(*assigned)

    def raise_failure(self) -> None:
        """Give up when a partition could not be placed; the listener begins anew."""
        if self._failure is not None:
            raise self._failure
