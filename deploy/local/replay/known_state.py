"""The state in which a case finds the platform: remembered once, and taken up again for each.

Starting the platform anew for each case would take longer than all cases together.
"""

import asyncio
from datetime import datetime
from itertools import product

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local import Stack
from deploy.local.demo.client import until
from libs.common import clock
from libs.common.command import load
from libs.common.topics import PARTITIONS

# What the listeners have heard stays as it is: they hear nothing twice.
_NOT_RETURNED = "('alembic_version', 'inbox_positions')"

_REMEMBER = f"""
CREATE SCHEMA remembered;
SELECT format('CREATE TABLE remembered.%1$I AS TABLE public.%1$I', tablename)
FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN {_NOT_RETURNED} \\gexec
"""  # noqa: S608  # our own names

# Jobs have nothing to catch up with: the clock of the next case begins anew.
_RETURN = f"""
BEGIN;
SET LOCAL session_replication_role = replica;
SELECT 'TRUNCATE ' || string_agg(format('public.%I', tablename), ', ')
FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN {_NOT_RETURNED} \\gexec
SELECT format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE'
              ' SELECT %2$s FROM remembered.%1$I',
              table_name, string_agg(quote_ident(column_name), ', '))
FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
  AND table_name NOT IN {_NOT_RETURNED} AND table_name <> 'job_runs'
GROUP BY table_name \\gexec
COMMIT;
"""  # noqa: S608  # our own names

_UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
_TASKS = "SELECT count(*) FROM upload_tasks"
_REACHED = "SELECT topic, partition, position FROM inbox_positions"


class KnownState:
    """What all services but identity know at one moment; who may enter is the same in all cases."""

    def __init__(self, stack: Stack) -> None:
        """Take a running platform whose registers are filled; nothing is remembered yet."""
        self._stack = stack
        self._services = [name for name in stack.ports.services if name != "identity"]
        self._topics = {
            name: inbox.topics for name in self._services if (inbox := load(name).inbox)
        }

    def remember(self) -> None:
        """Keep what the services know once all news has arrived."""
        self._wait_for_silence()
        for name in self._services:
            self._stack.postgres.sql(_REMEMBER, database=name)

    def begin_again(self, at: datetime) -> None:
        """Let the services know what was remembered, and no more, at a time before the present."""
        for service in self._stack.services:
            if service.process.find() is None:
                service.start()
                service.wait()
        self._wait_for_silence()
        for name in self._services:
            self._stack.postgres.sql(_RETURN, database=name)
        # Put in place at once: without a clock it would be today for a moment.
        file = self._stack.folder / "clock.json"
        anew = file.with_suffix(".anew")
        clock.move(anew, at)
        anew.replace(file)

    def _wait_for_silence(self) -> None:
        """Wait until everything that was told has been heard, and nothing follows from it."""
        if not until(bool, self._is_silent):
            raise RuntimeError("the services do not come to rest")

    def _is_silent(self) -> bool:
        before = self._ends()
        heard = all(self._has_heard(name, before) for name in self._topics)
        return heard and not self._has_work() and self._ends() == before

    def _has_work(self) -> bool:
        told_by = self._stack.ports.services
        unsent = (self._stack.postgres.sql(_UNSENT, database=name) for name in told_by)
        return any(map(int, unsent)) or int(self._stack.postgres.sql(_TASKS, "ledger")) > 0

    def _has_heard(self, service: str, ends: dict[TopicPartition, int]) -> bool:
        rows = self._stack.postgres.sql(_REACHED, database=service).splitlines()
        reached = {(topic, int(n)): int(at) for topic, n, at in (row.split("|") for row in rows)}
        return all(
            reached.get((partition.topic, partition.partition), 0) >= end
            for partition, end in ends.items()
            if partition.topic in self._topics[service]
        )

    def _ends(self) -> dict[TopicPartition, int]:
        topics = sorted({topic for topics in self._topics.values() for topic in topics})
        partitions = [TopicPartition(*it) for it in product(topics, range(PARTITIONS))]
        return asyncio.run(_ends_of(self._stack.kafka.bootstrap, partitions))


async def _ends_of(bootstrap: str, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
        return ends
    finally:
        await consumer.stop()
