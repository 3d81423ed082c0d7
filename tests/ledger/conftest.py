"""The service under test, with the register of the fixtures known to it."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.postgres import DatabaseUrls
from libs.common import clock
from tests.kit.engines import Engines
from tests.kit.running import Running, running
from tests.ledger import given

_alone = count()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ledger(databases_of: Callable[[str], DatabaseUrls]) -> AsyncIterator[Running]:
    """The ledger, running, its worker moved by hand."""
    async with running("ledger", databases_of("ledger")) as service:
        await given.register(service)
        yield service


@pytest_asyncio.fixture
async def alone(engines: Engines, worker_id: str) -> AsyncIterator[Running]:
    """A ledger that no other story uses: what the clock starts goes over everybody."""
    urls = engines.database("ledger", f"ledger_{worker_id}_{next(_alone)}")
    async with running("ledger", urls) as service:
        await given.register(service)
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def nothing_waits(ledger: Running) -> None:
    """Whatever other tests have left to be done has been done."""
    await given.all_worked_off(ledger)


@pytest.fixture
def august_25(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The business clock stands where the fixtures of new applications were sent."""
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(tmp_path / "clock.json"))
    clock.move(tmp_path / "clock.json", datetime.fromisoformat("2026-08-25T10:15:00+09:00"))


@pytest.fixture
def clock_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The business clock in the story's own hands: it says until when time passes, in Japan."""
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(tmp_path / "clock.json"))

    def move(to: str) -> None:
        clock.move(tmp_path / "clock.json", datetime.fromisoformat(f"{to}+09:00"))

    return move
