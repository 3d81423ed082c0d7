"""Every service at once, each on a database of its own: what the attacks are aimed at."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.attacks import given
from tests.attacks.targets import SERVICES
from tests.kit.engines import Engines
from tests.kit.running import Running, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def services(engines: Engines, worker_id: str) -> AsyncIterator[dict[str, Running]]:
    """All services, running."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                running(name, engines.database(name, f"{name}_{worker_id}_attacked"))
            )
            for name in SERVICES
        }


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def owned(
    services: dict[str, Running], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The ids of what the owner has, by parameter."""
    return await given.records(services, tmp_path_factory.mktemp("clock"))
