"""The service under test."""

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from deploy.postgres import DatabaseUrls
from tests.kit.running import Running, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def premium(databases_of: Callable[[str], DatabaseUrls]) -> AsyncIterator[Running]:
    """Premium, running on the shipped tariff."""
    async with running("premium", databases_of("premium")) as service:
        yield service
