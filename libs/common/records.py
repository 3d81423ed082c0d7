"""Every record that lies on topics, for whoever looks back instead of listening."""

from collections.abc import AsyncIterator, Collection

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from .events import MAX_FACT_BYTES
from .topics import PARTITIONS


async def every_record(
    bootstrap: str, topics: Collection[str]
) -> "AsyncIterator[ConsumerRecord[bytes, bytes]]":
    """Read topics from their first record to what is the last one now, each partition in its order.

    Raises: KafkaError.
    """
    places = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, max_partition_fetch_bytes=2 * MAX_FACT_BYTES
    ) as consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(places)
        while left := [it for it in places if await consumer.position(it) < ends[it]]:
            for records in (await consumer.getmany(*left, timeout_ms=1000)).values():
                for record in records:
                    yield record
