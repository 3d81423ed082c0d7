"""The local Kafka: what it keeps through a power cut, and what it never makes by itself."""

import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.kafka import Kafka, jars

_TOPIC = "moyai.test.rope.v1"


pytestmark = pytest.mark.xdist_group("mortal")


async def _make_topic(broker: Kafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def _read(broker: Kafka, topic: str) -> list[bytes]:
    """All messages of the topic's one partition, in order."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    [partition] = consumer.assignment()
    end = (await consumer.end_offsets([partition]))[partition]
    messages: list[bytes] = []
    while await consumer.position(partition) < end:
        for batch in (await consumer.getmany(timeout_ms=200)).values():
            messages += [message.value for message in batch]
    await consumer.stop()
    return messages


async def test_a_killed_broker_keeps_what_it_acknowledged(mortal_kafka: Kafka) -> None:
    """Given a broker killed under load, when it is back, then each message is there once."""
    await _make_topic(mortal_kafka, _TOPIC)
    producer = AIOKafkaProducer(
        bootstrap_servers=mortal_kafka.bootstrap, acks="all", enable_idempotence=True
    )
    await producer.start()
    sent = [str(number).encode() for number in range(2_000)]

    acknowledged = [await producer.send(_TOPIC, message, partition=0) for message in sent[:1_000]]
    await asyncio.wait(acknowledged, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.to_thread(mortal_kafka.kill)
    await asyncio.to_thread(mortal_kafka.start)
    acknowledged += [await producer.send(_TOPIC, message, partition=0) for message in sent[1_000:]]
    await asyncio.gather(*acknowledged)
    await producer.stop()

    assert await _read(mortal_kafka, _TOPIC) == sent


async def test_nobody_makes_a_topic_by_asking_for_it(mortal_kafka: Kafka) -> None:
    """Given a broker, when an unknown topic is asked for, then it still does not exist."""
    admin = AIOKafkaAdminClient(bootstrap_servers=mortal_kafka.bootstrap)
    await admin.start()

    await admin.describe_topics(["moyai.test.unknown.v1"])

    assert "moyai.test.unknown.v1" not in await admin.list_topics()
    await admin.close()


def test_a_corrupted_jar_is_refused(tmp_path: Path) -> None:
    """Given a pinned jar, when one byte of it is another, then Kafka does not run it."""
    jar = tmp_path / "kafka.jar"
    jar.write_bytes(b"not what was pinned")
    checksum = next(iter(jars.pins().values()))

    with pytest.raises(jars.WrongJar, match=r"kafka\.jar"):
        jars.check(jar, checksum)


def test_every_jar_is_pinned_with_its_checksum() -> None:
    """Given the pinned jars, when they are counted, then each has a version and a checksum."""
    pins = jars.pins()

    assert len(pins) == 45
    assert all(pin.count(":") == 2 and len(checksum) == 64 for pin, checksum in pins.items())
