"""Silence: the moment at which everything that was told has been heard, and nothing follows."""

import asyncio
from collections.abc import Iterable
from itertools import product

from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.common.command import load
from libs.common.topics import PARTITIONS

from .demo.client import until
from .stack import Stack

_REACHED = "SELECT current_database(), topic, partition, position FROM inbox_positions;"
_UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL;"
_TASKS = "SELECT count(*) FROM upload_tasks;"

Ends = dict[TopicPartition, int]


class Silence:
    """The services of a platform, listened to from outside: their databases and Kafka."""

    def __init__(self, stack: Stack) -> None:
        """Take a running platform."""
        self._stack = stack
        inboxes = {name: load(name).inbox for name in stack.ports.services}
        self._topics = {name: inbox.topics for name, inbox in inboxes.items() if inbox}

    def wait(self, seconds: float = 60) -> None:
        """Wait until there is silence.

        Raises: RuntimeError when there is none for so long.
        """
        if not until(bool, self._is_there, seconds):
            raise RuntimeError("the services do not come to rest")

    def _is_there(self) -> bool:
        before = self._ends()
        if not self._is_heard(before):
            return False
        # Tasks first: one that ends after this look leaves what it tells to the next.
        waiting = everywhere(self._stack, ["ledger"], _TASKS)
        waiting += everywhere(self._stack, self._stack.ports.services, _UNSENT)
        # Whatever was told between the two looks would have moved an end.
        return not any(map(int, waiting)) and self._ends() == before

    def _is_heard(self, ends: Ends) -> bool:
        rows = everywhere(self._stack, self._topics, _REACHED)
        reached = {tuple(place): int(at) for *place, at in (row.split("|") for row in rows)}
        return all(
            reached.get((name, partition.topic, str(partition.partition)), 0) >= end
            for name, topics in self._topics.items()
            for partition, end in ends.items()
            if partition.topic in topics
        )

    def _ends(self) -> Ends:
        topics = sorted({topic for topics in self._topics.values() for topic in topics})
        partitions = [TopicPartition(*it) for it in product(topics, range(PARTITIONS))]
        return asyncio.run(_ends_of(self._stack.kafka.bootstrap, partitions))


def everywhere(stack: Stack, services: Iterable[str], statements: str) -> list[str]:
    """Run statements in the databases of services, one after the other; gives the rows."""
    script = "".join(f"\\connect {name}\n{statements}\n" for name in services)
    return stack.postgres.sql(script).splitlines()


async def _ends_of(bootstrap: str, partitions: list[TopicPartition]) -> Ends:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        ends: Ends = await consumer.end_offsets(partitions)
        return ends
    finally:
        await consumer.stop()
