"""Facts a group could not handle, and their way back once the cause is mended."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from .events import MAX_FACT_BYTES
from .topics import dead_letters

_QUIET_MS = 2000


async def put_back(group: str, bootstrap: str) -> int:
    """Send every dead letter of a group to the topic it came from, in the order it died.

    Other groups know the facts by their ids and pass over them. Returns how many were sent.
    """
    sent = 0
    async with (
        AIOKafkaConsumer(
            dead_letters(group),
            bootstrap_servers=bootstrap,
            group_id=f"{group}.put-back",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        ) as consumer,
        AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            enable_idempotence=True,
            acks="all",
            max_request_size=MAX_FACT_BYTES,
        ) as producer,
    ):
        while batches := await consumer.getmany(timeout_ms=_QUIET_MS):
            for record in (record for records in batches.values() for record in records):
                topic, headers = _origin(record.headers)
                await producer.send_and_wait(topic, record.value, record.key, headers=headers)
                sent += 1
            await consumer.commit()
    return sent


def _origin(
    headers: Sequence[tuple[str, bytes]],
) -> tuple[str, list[tuple[str, bytes]]]:
    topic = next(value.decode() for name, value in headers if name == "x-error-topic")
    return topic, [(name, value) for name, value in headers if not name.startswith("x-error-")]
