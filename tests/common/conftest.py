"""The small service on which the plumbing is tested."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.common import shop as the_shop
from tests.kit.engines import Engines
from tests.kit.running import Running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shop(engines: Engines, worker_id: str) -> AsyncIterator[Running]:
    """The shop, open for every test of this worker."""
    async with the_shop.opened(engines.database("buyers", f"shop_{worker_id}")) as running:
        yield running
