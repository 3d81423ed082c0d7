"""Facts from transaction to transaction: nothing lost, nothing doubled, order kept per key."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Databases
from libs.common.dead_letters import put_back
from libs.common.events import Event
from libs.common.inbox import Inbox
from libs.common.listener import Listener
from libs.common.outbox import announce
from libs.common.relay import Relay
from libs.common.settings import ServiceSettings
from libs.common.topics import dead_letters
from tests.kit.engines import Engines
from tests.kit.running import settings_for

TENANT = "045012300"


class Told(Event, type="x.y.told.v1", key="thing"):
    """Only for its annotation: each story tells a type of its own."""

    thing: str
    number: int


@dataclass
class Story:
    """A teller and a listener with a topic of their own."""

    databases: Databases
    settings: ServiceSettings
    told: type[Told]
    inbox: Inbox
    poison: set[int] = field(default_factory=set)
    heard: asyncio.Queue[tuple[str, int]] = field(default_factory=asyncio.Queue)

    async def tell(self, *numbers: int, thing: str = "a") -> None:
        """Commit facts about a thing."""
        async with self.databases.tenant(TENANT) as tx:
            await announce(tx, *(self.told(thing=thing, number=number) for number in numbers))

    async def hears(self, count: int) -> list[tuple[str, int]]:
        """Wait for so many facts to be handled."""
        return [await asyncio.wait_for(self.heard.get(), 30) for _ in range(count)]

    @contextlib.asynccontextmanager
    async def at_work(self, relays: int = 1) -> AsyncIterator[None]:
        """Run relays and a listener meanwhile."""
        loops = [Relay(self.settings, self.databases.bell).run() for _ in range(relays)]
        loops.append(Listener(self.inbox, self.databases, self.settings).run())
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def forget_that_it_was_sent(self) -> None:
        """As after a relay that died between Kafka's answer and its own note."""
        async with self.databases.tenant(TENANT) as tx:
            await tx.execute(text("UPDATE outbox SET sent_at = NULL"))

    async def buried(self, count: int) -> list[str]:
        """Read the reasons of so many dead letters."""
        topic = dead_letters(self.inbox.group)
        async with AIOKafkaConsumer(
            topic, bootstrap_servers=self.settings.kafka_bootstrap, auto_offset_reset="earliest"
        ) as consumer:
            records = [await asyncio.wait_for(consumer.getone(), 30) for _ in range(count)]
        return [dict(record.headers)["x-error-reason"].decode() for record in records]


@pytest_asyncio.fixture
async def story(engines: Engines, worker_id: str, kafka_bootstrap: str) -> AsyncIterator[Story]:
    """A database, a topic and a group that no other test uses."""
    name = f"t{uuid4().hex[:10]}"
    urls = engines.database("buyers", f"facts_{name}_{worker_id}")
    settings = settings_for("buyers", urls, kafka_bootstrap=kafka_bootstrap)
    story = _story(name, settings)
    await _create(kafka_bootstrap, story.told.topic, dead_letters(story.inbox.group))
    yield story
    await story.databases.close()


def _story(name: str, settings: ServiceSettings) -> Story:
    class Happened(Told, type=f"{name}.thing.happened.v1", key="thing"):
        """What this story tells."""

    inbox = Inbox(f"{name}.inbox")
    story = Story(Databases(settings), settings, Happened, inbox)

    async def handle(tx: AsyncSession, fact: Happened) -> None:
        if fact.number in story.poison:
            raise ValueError("cannot be handled")
        heard = tx.info["tenant"], fact.number
        # Only what is committed has happened.
        event.listen(tx.sync_session, "after_commit", lambda _: story.heard.put_nowait(heard))

    handle.__annotations__["fact"] = Happened
    inbox.on(handle)
    return story


async def _create(bootstrap: str, *topics: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1) for topic in topics])
    await admin.close()


async def test_facts_arrive_once_in_order_in_the_tenants_transaction(story: Story) -> None:
    """Given five facts of a thing, when they are told, then each is handled once, in order."""
    async with story.at_work():
        await story.tell(1, 2, 3)
        await story.tell(4, 5)

        heard = await story.hears(5)

    assert heard == [(TENANT, number) for number in (1, 2, 3, 4, 5)]


async def test_a_fact_told_twice_is_handled_once(story: Story) -> None:
    """Given facts that were handled, when the relay sends them again, then nothing happens."""
    async with story.at_work():
        await story.tell(1, 2)
        await story.hears(2)
        await story.forget_that_it_was_sent()
        await story.tell(3)

        heard = await story.hears(1)

    assert heard == [(TENANT, 3)]
    assert story.heard.empty()


async def test_of_several_relays_one_works_at_a_time(story: Story) -> None:
    """Given three relays, when a hundred facts are told, then their order is kept."""
    async with story.at_work(relays=3):
        for number in range(100):
            await story.tell(number)

        heard = await story.hears(100)

    assert [number for _, number in heard] == list(range(100))


async def test_an_empty_database_hears_everything_again(story: Story, engines: Engines) -> None:
    """Given a group that has read all, when its database starts empty, then all is told anew."""
    async with story.at_work():
        await story.tell(1, 2)
        await story.hears(2)
    empty = engines.database("buyers", f"facts_empty_{uuid4().hex[:10]}")
    settings = settings_for("buyers", empty, kafka_bootstrap=story.settings.kafka_bootstrap)
    reborn = replace(story, databases=Databases(settings), settings=settings)

    async with reborn.at_work():
        heard = await reborn.hears(2)
    await reborn.databases.close()

    assert [number for _, number in heard] == [1, 2]


async def test_poison_waits_with_its_followers_and_comes_back_in_order(story: Story) -> None:
    """Given a fact nobody can handle, when it is mended and put back, then order is as told."""
    story.poison = {2}
    async with story.at_work():
        await story.tell(1, 2, 3)
        await story.tell(9, thing="b")
        before = await story.hears(2)
        reasons = await story.buried(2)
        story.poison = set()

        sent = await put_back(story.inbox.group, story.settings.kafka_bootstrap)
        after = await story.hears(2)

    assert {number for _, number in before} == {1, 9}
    assert reasons == ["ValueError", "SequenceGap"]
    assert sent == 2
    assert [number for _, number in after] == [2, 3]


async def test_nothing_is_told_of_a_transaction_that_failed(story: Story) -> None:
    """Given an act that announces and then fails, when it is over, then nobody hears of it."""
    with pytest.raises(RuntimeError):
        async with story.databases.tenant(TENANT) as tx:
            await announce(tx, story.told(thing="a", number=1))
            raise RuntimeError

    async with story.at_work():
        await story.tell(2)
        heard = await story.hears(1)

    assert heard == [(TENANT, 2)]
