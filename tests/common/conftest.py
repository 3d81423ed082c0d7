"""The small service on which the plumbing is tested, and facts on their way."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio

from tests.common import shop as the_shop
from tests.common.story import Story, new_story
from tests.kit.engines import Engines
from tests.kit.running import Running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shop(engines: Engines, worker_id: str) -> AsyncIterator[Running]:
    """The shop, open for every test of this worker."""
    async with the_shop.opened(engines.database("buyers", f"shop_{worker_id}")) as running:
        yield running


@pytest_asyncio.fixture
async def story(engines: Engines, kafka_bootstrap: str) -> AsyncIterator[Story]:
    """A database, a topic and a group that no other test uses."""
    urls = engines.database("buyers", f"facts_{uuid4().hex[:10]}")
    story = await new_story(urls, kafka_bootstrap)
    yield story
    await story.databases.close()
