"""The service under test."""

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from deploy.postgres import DatabaseUrls
from tests.kit.running import Running, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def buyers(databases_of: Callable[[str], DatabaseUrls]) -> AsyncIterator[Running]:
    """The register, running."""
    async with running("buyers", databases_of("buyers")) as service:
        yield service
