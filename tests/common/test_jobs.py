"""Jobs run when the business clock says so: each due instant once, in order, none left out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from asgi_lifespan import LifespanManager

from libs.common import clock
from libs.common.jobs import daily_at, every
from libs.common.problem_codes import DependencyUnavailable
from tests.common.shop import service as shop_service
from tests.kit import then
from tests.kit.engines import Engines
from tests.kit.running import Running
from tests.kit.ticking import Ticking, ticking

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
NOON = datetime(2026, 8, 25, 3, 0, tzinfo=UTC)
SIX, NINE = datetime(2026, 8, 25, 21, 0, tzinfo=UTC), datetime(2026, 8, 26, 0, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def service(engines: Engines) -> AsyncIterator[Ticking]:
    """A service that counts at nine and closes at six, which began at noon."""
    urls = engines.empty_database("buyers", f"jobs_{uuid4().hex[:10]}")
    times = {"count": daily_at(time(9)), "close": daily_at(time(6))}
    async with ticking(urls, **times) as service:
        await service.run(NOON)
        yield service


@pytest.mark.parametrize(
    ("instant", "due"),
    [
        (SIX - timedelta(seconds=1), SIX),
        (SIX, SIX + DAY),
        (SIX + timedelta(seconds=1), SIX + DAY),
        (datetime(2026, 8, 25, 15, 0, tzinfo=UTC), SIX),
    ],
)
def test_a_daily_job_is_due_by_the_time_in_japan(instant: datetime, due: datetime) -> None:
    """Given a job at six in Japan, when it is nearly, just or past six, then the next is due."""
    assert daily_at(time(6))(instant) == due


async def test_a_new_platform_has_nothing_to_catch_up(service: Ticking) -> None:
    """Given a service that begins at noon, when its jobs are looked at, then six is the next."""
    assert await service.run(NOON) == SIX
    assert service.ran == []


async def test_jobs_run_in_the_order_they_are_due(service: Ticking) -> None:
    """Given two days without a worker, when one starts, then every instant runs, in order."""
    due = await service.run(NINE + DAY)

    assert service.ran == [
        ("close", SIX), ("count", NINE), ("close", SIX + DAY), ("count", NINE + DAY),
    ]  # fmt: skip
    assert due == SIX + 2 * DAY


async def test_jobs_of_one_instant_run_in_the_order_they_are_listed(service: Ticking) -> None:
    """Given two jobs due at once, when they run, then the first listed is the first."""
    service.times["close"] = daily_at(time(9))

    await service.run(NINE)

    assert service.ran == [("count", NINE), ("close", NINE)]


async def test_nothing_runs_before_it_is_due(service: Ticking) -> None:
    """Given a job at six, when it is a moment before and then six, then it runs at six."""
    await service.run(SIX - timedelta(microseconds=1))
    before = list(service.ran)
    await service.run(SIX)

    assert (before, service.ran) == ([], [("close", SIX)])


async def test_two_workers_run_one_instant_once(service: Ticking) -> None:
    """Given a job under way, when another worker looks, then it waits and finds it done."""
    service.gate.clear()
    workers = [asyncio.create_task(service.run(SIX)) for _ in range(2)]
    await service.began.wait()
    service.gate.set()

    dues = await asyncio.gather(*workers)

    assert service.ran == [("close", SIX)]
    assert dues == [NINE, NINE]


async def test_a_job_that_fails_is_tried_again_before_any_later_one(service: Ticking) -> None:
    """Given a job that fails, when its cause is mended, then it runs, and then the later ones."""
    service.failing.add("close")
    with pytest.raises(DependencyUnavailable):
        await service.run(NINE)
    before = list(service.ran)

    service.failing.clear()
    await service.run(NINE)

    assert before == []
    assert service.ran == [("close", SIX), ("count", NINE)]


async def test_a_worker_that_dies_in_the_middle_has_done_nothing(service: Ticking) -> None:
    """Given a worker that is ended while a job runs, when another comes, then it runs anew."""
    service.gate.clear()
    worker = asyncio.create_task(service.run(SIX))
    await service.began.wait()
    worker.cancel()
    await asyncio.wait([worker])
    service.gate.set()

    await service.run(SIX)

    assert service.ran == [("close", SIX)]


async def test_a_clock_set_to_the_past_begins_anew(service: Ticking) -> None:
    """Given jobs that ran until today, when trade begins a month ago, then from there."""
    await service.run(NOON - 30 * DAY)

    await service.run(NINE - 30 * DAY)

    assert service.ran == [("close", SIX - 30 * DAY), ("count", NINE - 30 * DAY)]


@pytest_asyncio.fixture
async def with_upkeep(service: Ticking) -> Ticking:
    """The service with a sweep every minute, which lives by real time."""
    service.times["sweep"] = every(MINUTE)
    service.upkeep.add("sweep")
    await service.run(NOON)
    return service


async def test_upkeep_runs_once_for_all_it_has_missed(with_upkeep: Ticking) -> None:
    """Given a sweep every minute, when a day has passed unseen, then it is swept once."""
    await with_upkeep.run(NOON + DAY)
    again = list(with_upkeep.ran)
    await with_upkeep.run(NOON + DAY + MINUTE)

    assert [job for job, _ in again].count("sweep") == 1
    assert with_upkeep.ran == [*again, ("sweep", NOON + DAY + MINUTE)]


async def test_upkeep_does_not_stop_the_clock(with_upkeep: Ticking) -> None:
    """Given a sweep every minute, when asked where the clock must stop, then at six."""
    assert await with_upkeep.run(NOON + MINUTE) == SIX
    assert with_upkeep.ran == [("sweep", NOON + MINUTE)]


async def test_upkeep_waits_for_no_job_that_fails(
    with_upkeep: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a job that fails, when a worker follows the clock, then upkeep is done by then."""
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(tmp_path / "clock.json"))
    clock.move(tmp_path / "clock.json", SIX)
    with_upkeep.failing.add("close")

    async with LifespanManager(with_upkeep.worker()):
        await with_upkeep.done.wait()

    assert {job for job, _ in with_upkeep.ran} == {"sweep"}


async def test_a_worker_whose_clock_is_a_little_slow_repeats_nothing(service: Ticking) -> None:
    """Given a job that has just run, when a worker looks whose clock is late, then no second."""
    await service.run(SIX)

    await service.run(SIX - timedelta(seconds=20))
    await service.run(SIX)

    assert service.ran == [("close", SIX)]


async def test_a_worker_runs_what_is_due_by_the_clock(
    service: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a worker, when the business clock is past six, then the job runs by itself."""
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(tmp_path / "clock.json"))
    clock.move(tmp_path / "clock.json", SIX)

    async with LifespanManager(service.worker()):
        await service.began.wait()

    assert service.ran[:1] == [("close", SIX)]


async def test_whoever_moves_the_clock_lets_jobs_run(
    service: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a service asked for its next job, when the clock is there and it is told, it runs."""
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(tmp_path / "clock.json"))
    clock.move(tmp_path / "clock.json", NOON)
    async with _client(service) as client:
        before = await client.get("/internal/jobs")
        clock.move(tmp_path / "clock.json", SIX)
        after = await client.post("/internal/jobs/run")

    assert before.json() == {"next_due_at": "2026-08-25T21:00:00Z"}
    assert after.json() == {"next_due_at": "2026-08-26T00:00:00Z"}
    assert service.ran == [("close", SIX)]


async def test_a_job_that_fails_is_told_to_whoever_asked(
    service: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a job that fails, when it is asked to run, then 503, and it is still due."""
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(tmp_path / "clock.json"))
    clock.move(tmp_path / "clock.json", SIX)
    service.failing.add("close")
    async with _client(service) as client:
        refused = await client.post("/internal/jobs/run")
        due = await client.get("/internal/jobs")

    then.refused(refused, 503, "dependency-unavailable")
    assert due.json() == {"next_due_at": "2026-08-25T21:00:00Z"}


async def test_a_service_without_jobs_has_none_due(shop: Running) -> None:
    """Given a service without jobs, when it is asked and told to run them, then none is due."""
    answers = [
        await shop.client.get("/internal/jobs"), await shop.client.post("/internal/jobs/run")
    ]  # fmt: skip

    assert shop_service.jobs == ()
    assert [answer.json() for answer in answers] == [{"next_due_at": None}] * 2


def _client(service: Ticking) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=service.transport(), base_url="http://127.0.0.1")
