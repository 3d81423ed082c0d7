"""Facts on their way: a teller, a topic and a listener that nobody else uses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.postgres import DatabaseUrls
from libs.common.database import Databases, OpenTransaction
from libs.common.events import MAX_FACT_BYTES, Event
from libs.common.inbox import Inbox
from libs.common.listener import Listener
from libs.common.outbox import announce
from libs.common.relay import Relay
from libs.common.settings import ServiceSettings
from libs.common.topics import dead_letters
from tests.kit.running import settings_for

TENANT = "045012300"
PARTITIONS = 3
_PATIENCE_SECONDS = 60

Heard = tuple[str, str, int]
"""A tenant, a thing, and the number of what happened to it."""


class Told(Event, type="x.y.told.v1", key="thing"):
    """Only for its annotation: each story tells a type of its own."""

    thing: str
    number: int


class Diary(Databases):
    """The doors to a database, with a note of what was heard behind them."""

    def __init__(self, settings: ServiceSettings) -> None:
        """Prepare the pools, and an empty diary."""
        super().__init__(settings)
        self.heard: asyncio.Queue[Heard] = asyncio.Queue()

    def tenant(self, tenant: str) -> OpenTransaction:
        """Open one that sees a policyholder's rows."""
        return self._noted(super().tenant(tenant))

    def staff(self, tenant: str) -> OpenTransaction:
        """Open one in somebody's name that may turn to reference data."""
        return self._noted(super().staff(tenant))

    @contextlib.asynccontextmanager
    async def _noted(self, transaction: OpenTransaction) -> AsyncIterator[AsyncSession]:
        async with transaction as tx:
            yield tx
        # Only what is committed has happened.
        for heard in tx.info.get("heard", ()):
            self.heard.put_nowait(heard)


@dataclass
class Story:
    """A teller and a listener with a topic of their own."""

    databases: Diary
    settings: ServiceSettings
    told: type[Told]
    inbox: Inbox
    poison: set[int] = field(default_factory=set)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    begun: asyncio.Queue[int] = field(default_factory=asyncio.Queue)

    @property
    def heard(self) -> asyncio.Queue[Heard]:
        """What was handled and is not yet asked for."""
        return self.databases.heard

    async def tell(self, *numbers: int, thing: str = "a", tenant: str = TENANT) -> None:
        """Commit facts about a thing."""
        async with self.databases.tenant(tenant) as tx:
            await announce(tx, *(self.told(thing=thing, number=number) for number in numbers))

    async def hears(self, count: int) -> list[Heard]:
        """Wait for so many facts to be handled."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return [await self.heard.get() for _ in range(count)]

    async def hears_numbers(self, count: int) -> list[int]:
        """Wait for so many facts, and give their numbers only."""
        return [number for *_, number in await self.hears(count)]

    @contextlib.asynccontextmanager
    async def at_work(self, relays: int = 1, listeners: int = 1) -> AsyncIterator[None]:
        """Run relays and listeners meanwhile."""
        loops = [Relay(self.settings, self.databases.bell).run() for _ in range(relays)]
        loops += [self.listener().run() for _ in range(listeners)]
        async with working(*(asyncio.create_task(loop) for loop in loops)):
            yield

    def listener(self) -> Listener:
        """One more listener of the group."""
        return Listener(self.inbox, self.databases, self.settings)

    async def forget_that_it_was_sent(self) -> None:
        """As after a relay that died between Kafka's answer and its own note."""
        async with self.databases.tenant(TENANT) as tx:
            await tx.execute(text("UPDATE outbox SET sent_at = NULL"))

    async def relayed(self) -> None:
        """Wait until a relay has noted all that it sent."""
        unsent = text("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
        waiting = 1
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while waiting:
                async with self.databases.tenant(TENANT) as tx:
                    waiting = await tx.scalar(unsent) or 0

    async def committed(self) -> list[int]:
        """Read which numbers are truly told of, in order."""
        numbers = (
            "SELECT CAST(CAST(data AS json) ->> 'number' AS int) FROM outbox ORDER BY sequence"
        )
        async with self.databases.tenant(TENANT) as tx:
            return list(await tx.scalars(text(numbers)))

    async def send(self, number: int, sequence: int, thing: str = "a", **others: str) -> None:
        """Put a record on the topic as a relay would, or as none would."""
        attributes = {
            "ce_id": str(uuid4()),
            "ce_type": f"moyai.{self.told.event_type}",
            "ce_tenant": TENANT,
            "ce_subject": thing,
            "ce_sequence": str(sequence),
            "ce_time": "2026-11-22T00:00:00Z",
        } | others
        headers = [(name, value.encode()) for name, value in attributes.items()]
        data = self.told(thing=thing, number=number).model_dump_json().encode()
        key = f"{TENANT}:{thing}".encode()
        async with AIOKafkaProducer(bootstrap_servers=self.settings.kafka_bootstrap) as producer:
            await producer.send_and_wait(self.told.topic, data, key, headers=headers)

    async def buried(self, count: int) -> list[str]:
        """Read the reasons of so many dead letters."""
        async with (
            asyncio.timeout(_PATIENCE_SECONDS),
            AIOKafkaConsumer(
                dead_letters(self.inbox.group),
                bootstrap_servers=self.settings.kafka_bootstrap,
                auto_offset_reset="earliest",
            ) as consumer,
        ):
            records = [await consumer.getone() for _ in range(count)]
        return [dict(record.headers)["x-error-reason"].decode() for record in records]

    async def noted(self) -> set[UUID]:
        """Read the ids of the facts that were handled."""
        async with self.databases.tenant(TENANT) as tx:
            return set(await tx.scalars(text("SELECT id FROM inbox_facts")))


@contextlib.asynccontextmanager
async def working(*tasks: asyncio.Task[None]) -> AsyncIterator[None]:
    """Let loops work for a while."""
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def new_story(urls: DatabaseUrls, bootstrap: str) -> Story:
    """Begin a story on a database of a service, with new topics."""
    name = f"t{uuid4().hex[:10]}"
    settings = settings_for("buyers", urls, kafka_bootstrap=bootstrap)

    class Happened(Told, type=f"{name}.thing.happened.v1", key="thing"):
        """What this story tells."""

    story = Story(Diary(settings), settings, Happened, Inbox(f"{name}.inbox"))
    _listen(story)
    await make_topics(bootstrap, story)
    return story


def _listen(story: Story) -> None:
    async def handle(tx: AsyncSession, fact: Told) -> None:
        story.begun.put_nowait(fact.number)
        if fact.number in story.poison:
            raise ValueError("cannot be handled")
        if gate := story.gates.get(fact.number):
            await gate.wait()
        heard: list[Heard] = tx.info.setdefault("heard", [])
        heard.append((tx.info["tenant"], fact.thing, fact.number))

    handle.__annotations__["fact"] = story.told
    story.inbox.on(handle)


async def make_topics(bootstrap: str, story: Story) -> None:
    """Create the story's topics on a broker that does not have them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    size = {"max.message.bytes": str(MAX_FACT_BYTES)}
    await admin.create_topics(
        [
            NewTopic(story.told.topic, PARTITIONS, 1, topic_configs=size),
            NewTopic(dead_letters(story.inbox.group), 1, 1),
        ]
    )
    await admin.close()
