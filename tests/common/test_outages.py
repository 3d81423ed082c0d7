"""Engines and workers that die while facts are told: whatever was committed is handled once."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy.exc import DBAPIError

from deploy.kafka import Kafka
from deploy.local.schema import migrate
from deploy.postgres import ROLES, DatabaseUrls, Postgres
from libs.common.database import is_outage
from libs.common.topics import create_topics
from tests.common.doorman import Doorman
from tests.common.story import Story, new_story
from tests.kit.engines import ROOT

_PASSWORDS = dict.fromkeys(ROLES, "test")
_FACTS = 300
_IN_THE_MIDDLE = 100


pytestmark = pytest.mark.xdist_group("mortal")


@pytest.fixture
def urls(mortal_postgres: Postgres) -> DatabaseUrls:
    """A migrated database on the server that will be killed."""
    name = f"outages_{uuid4().hex[:10]}"
    mortal_postgres.create_roles("buyers", _PASSWORDS)
    mortal_postgres.create_database("buyers", name)
    urls = mortal_postgres.urls("buyers", name, _PASSWORDS)
    migrate("buyers", urls.owner)
    return urls


@pytest_asyncio.fixture
async def doorman(mortal_postgres: Postgres) -> AsyncIterator[Doorman]:
    """Who passes on what that server is told, and what it says."""
    doorman = Doorman(mortal_postgres.port)
    async with doorman.at_work():
        yield doorman


@pytest_asyncio.fixture
async def story(urls: DatabaseUrls, mortal_kafka: Kafka) -> AsyncIterator[Story]:
    """A teller and a listener on those engines."""
    story = await new_story(urls, mortal_kafka.bootstrap)
    yield story
    await story.databases.close()


async def test_a_killed_broker_loses_and_doubles_nothing(story: Story, mortal_kafka: Kafka) -> None:
    """Given facts on their way, when Kafka is killed and comes back, then all are handled once."""
    async with story.at_work():
        for number in range(_FACTS):
            if number == _IN_THE_MIDDLE:
                await asyncio.to_thread(mortal_kafka.kill)
            if number == 2 * _IN_THE_MIDDLE:
                await asyncio.to_thread(mortal_kafka.start)
            await story.tell(number)

        heard = await story.hears_numbers(_FACTS)

    assert heard == list(range(_FACTS))
    assert story.heard.empty()


async def test_a_killed_database_loses_and_doubles_nothing(
    story: Story, mortal_postgres: Postgres
) -> None:
    """Given facts on their way, when PostgreSQL is killed, then what it confirmed is handled."""

    async def tell(number: int) -> None:
        while True:
            try:
                return await story.tell(number)
            except (DBAPIError, OSError) as error:
                assert is_outage(error)  # noqa: PT017 (nothing else may happen here)

    async with story.at_work():
        for number in range(_FACTS):
            if number == _IN_THE_MIDDLE:
                await asyncio.to_thread(mortal_postgres.kill)
                await asyncio.to_thread(mortal_postgres.start)
            await tell(number)
        committed = await story.committed()

        heard = await story.hears_numbers(len(committed))

    # The one commit that was cut off may have been made: then it was told twice and is twice true.
    assert set(committed) == set(range(_FACTS))
    assert heard == committed
    assert story.heard.empty()


async def test_a_relay_outlives_the_last_words_of_its_server(
    story: Story, mortal_postgres: Postgres, doorman: Doorman
) -> None:
    """Given an idle relay, when its server says goodbye before it hangs up, then it goes on."""
    relay_url = story.settings.database_relay_url.replace(
        str(mortal_postgres.port), str(doorman.port)
    )
    settings = story.settings.model_copy(update={"database_relay_url": relay_url})
    async with replace(story, settings=settings).at_work():
        for number in range(3):
            await story.tell(number)
            assert await story.hears_numbers(1) == [number]
            await story.relayed()
            doorman.say_goodbye()

    assert story.heard.empty()


async def test_a_killed_worker_loses_and_doubles_nothing(
    story: Story, urls: DatabaseUrls, mortal_kafka: Kafka
) -> None:
    """Given a worker that is killed again and again, when facts are told, then all arrive once."""
    await create_topics(mortal_kafka.bootstrap)
    async with story.at_work(relays=0):
        for first in range(0, _FACTS, _IN_THE_MIDDLE):
            worker = await _worker(urls, mortal_kafka)
            for number in range(first, first + _IN_THE_MIDDLE):
                await story.tell(number)
            # It is killed when it has begun to tell, wherever it is then.
            heard_first = await story.hears_numbers(1)
            worker.kill()
            await worker.wait()
            assert heard_first == [first]
            async with story.at_work(listeners=0):
                rest = await story.hears_numbers(_IN_THE_MIDDLE - 1)
            assert rest == list(range(first + 1, first + _IN_THE_MIDDLE))

    assert story.heard.empty()


async def _worker(urls: DatabaseUrls, broker: Kafka) -> asyncio.subprocess.Process:
    """The background side of a service in a process of its own."""
    settings = {"MOYAI_PROFILE": "test", "MOYAI_KAFKA_BOOTSTRAP": broker.bootstrap}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "libs.common.command", "serve", "buyers", "0", "--no-api"),
        cwd=ROOT,
        env=os.environ | urls.environment() | settings,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
