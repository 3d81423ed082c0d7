"""The service under test, on a day of its own."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.postgres import DatabaseUrls
from tests.claims import given
from tests.kit.running import Running, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def claims(databases_of: Callable[[str], DatabaseUrls]) -> AsyncIterator[Running]:
    """Claims, running, with the causes of loss known to it."""
    async with running("claims", databases_of("claims")) as service:
        await given.causes(service)
        yield service


@pytest.fixture(autouse=True)
def november_20(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The business clock stands on Friday 20 November 2026, when offices are open."""
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(tmp_path / "clock.json"))
    given.it_is("2026-11-20T10:15:00+09:00")
