"""What lies on the topics: every record, in its order, and copies put there by nobody's relay."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from libs.common.envelope import Envelope, read_envelope
from libs.common.events import MAX_FACT_BYTES, is_state
from libs.common.records import every_record
from libs.common.topics import FACTS, GROUPS, STATES, dead_letters

Answer = TypeVar("Answer")
Place = tuple[str, str, str]


class Message(NamedTuple):
    """What is put on a topic."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


@dataclass(frozen=True)
class Told:
    """One record on a topic, as it was read."""

    message: Message
    envelope: Envelope

    @property
    def topic(self) -> str:
        """The topic it is on."""
        return self.message.topic


@dataclass(frozen=True)
class Topics:
    """The topics of one broker."""

    bootstrap: str

    def told(self) -> list[Told]:
        """Read all there is, each partition in its order."""
        return _run(self._told())

    def dead(self) -> int:
        """Count the dead letters of every group."""
        return _run(self._dead())

    def put(self, messages: Iterable[Message]) -> None:
        """Put messages on their topics, in the order given."""
        _run(self._put(messages))

    async def _told(self) -> list[Told]:
        return [_read(it) async for it in every_record(self.bootstrap, FACTS + STATES)]

    async def _dead(self) -> int:
        async with AIOKafkaConsumer(bootstrap_servers=self.bootstrap) as consumer:
            places = [TopicPartition(dead_letters(group), 0) for group in GROUPS]
            ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
            return sum(ends.values())

    async def _put(self, messages: Iterable[Message]) -> None:
        async with AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, acks="all", max_request_size=MAX_FACT_BYTES
        ) as producer:
            for it in messages:
                await producer.send(it.topic, it.value, it.key, headers=it.headers)


def _read(record: "ConsumerRecord[bytes, bytes]") -> Told:
    message = Message(record.topic, record.key, record.value, list(record.headers))
    return Told(message, read_envelope(record.key, record.headers))


def gaps(told: Iterable[Told]) -> list[str]:
    """List the keys whose facts cannot be heard from the first to the last, one by one.

    What lies in between, copies and early ones, is passed over.
    """
    next_one: dict[Place, int] = defaultdict(lambda: 1)
    last: dict[Place, int] = defaultdict(int)
    for it in told:
        envelope = it.envelope
        if is_state(envelope.type):
            continue
        place = (it.topic, envelope.tenant, envelope.key)
        next_one[place] += envelope.sequence == next_one[place]
        last[place] = max(last[place], envelope.sequence)
    return [f"{place}: no {number}" for place, number in next_one.items() if number <= last[place]]


def _run(act: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(act)
