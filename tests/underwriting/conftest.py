"""The service under test."""

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from deploy.postgres import DatabaseUrls
from tests.kit.running import Running, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def underwriting(databases_of: Callable[[str], DatabaseUrls]) -> AsyncIterator[Running]:
    """Underwriting, running."""
    async with running("underwriting", databases_of("underwriting")) as service:
        yield service
