"""The business clock is moved by staff, forward, and stops wherever a job of the trade is due."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from deploy.postgres import DatabaseUrls
from libs.common import clock
from libs.common.jobs import daily_at
from tests.kit import then
from tests.kit.engines import Engines
from tests.kit.running import Running, running
from tests.kit.ticking import Ticking, ticking

STAFF = "ops:clock:write"
LEDGER, PREMIUM = "http://127.0.0.1:8104", "http://127.0.0.1:8105"
NOON = datetime(2019, 5, 1, 3, 0, tzinfo=UTC)
SIX, NINE = datetime(2019, 5, 1, 21, 0, tzinfo=UTC), datetime(2019, 5, 2, 0, 0, tzinfo=UTC)
DAY, MOMENT = timedelta(days=1), timedelta(minutes=5)


@pytest_asyncio.fixture(loop_scope="session")
async def with_clock(
    identity: Running,
    databases_of: Callable[[str], DatabaseUrls],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Running]:
    """Identity on a platform whose clock is a file, and which two services follow."""
    path = tmp_path / "clock.json"
    monkeypatch.setenv("MOYAI_CLOCK_FILE", str(path))
    settings = {"clock_file": path, "clock_followers": (LEDGER, PREMIUM)}
    async with running("identity", databases_of("identity"), **settings) as service:
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def ledger(engines: Engines) -> AsyncIterator[Ticking]:
    """A service that follows the clock, with a job at six."""
    urls = engines.empty_database("buyers", f"follower_{uuid4().hex[:10]}")
    async with ticking(urls, close=daily_at(time(6))) as service:
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def premium(engines: Engines) -> AsyncIterator[Ticking]:
    """A service that follows the clock, with a job at nine."""
    urls = engines.empty_database("buyers", f"follower_{uuid4().hex[:10]}")
    async with ticking(urls, count=daily_at(time(9))) as service:
        yield service


@pytest_asyncio.fixture(loop_scope="session")
async def identity_at_noon(
    with_clock: Running, ledger: Ticking, premium: Ticking
) -> AsyncIterator[Running]:
    """Identity on a platform on which it is noon of 1 May 2019 in Japan."""
    mounts = {LEDGER: ledger.transport(), PREMIUM: premium.transport()}
    async with httpx.AsyncClient(mounts=mounts) as client:
        with_clock.app.state.http = client
        assert (await _set(with_clock, NOON)).status_code == 200
        yield with_clock


async def _set(service: Running, now: datetime) -> httpx.Response:
    setting = {"now": now.isoformat()}
    return await service.client.put("/ops/v1/clock", json=setting, headers=service.staff(STAFF))


async def test_the_clock_moves_forward_only(identity_at_noon: Running) -> None:
    """Given a clock at noon, when set to midnight and then back, then midnight stays."""
    moved = await _set(identity_at_noon, NOON + DAY / 2)
    back = await _set(identity_at_noon, NOON)

    assert (moved.status_code, moved.json()["now"][:10]) == (200, "2019-05-01")
    then.refused(back, 409, "state-conflict", "clock-runs-forward")
    assert clock.now() >= NOON + DAY / 2


async def test_the_first_setting_runs_nothing(
    identity_at_noon: Running, ledger: Ticking, premium: Ticking
) -> None:
    """Given a platform of today, when its trade begins years ago, then no job is caught up."""
    assert ledger.ran + premium.ran == []


async def test_every_job_in_between_runs_at_its_instant(
    identity_at_noon: Running, ledger: Ticking, premium: Ticking
) -> None:
    """Given two services, when the clock moves two days, then each job ran when it was due."""
    moved = await _set(identity_at_noon, NOON + 2 * DAY)

    assert moved.status_code == 200
    assert ledger.ran == [("close", SIX), ("close", SIX + DAY)]
    assert premium.ran == [("count", NINE), ("count", NINE + DAY)]
    dues = [SIX, SIX + DAY, NINE, NINE + DAY]
    for due, shown in zip(dues, ledger.shown + premium.shown, strict=True):
        assert due <= shown < due + MOMENT


async def test_a_job_due_at_the_very_instant_runs(
    identity_at_noon: Running, ledger: Ticking
) -> None:
    """Given a job at six, when the clock is set to six, then it has run, and six it is."""
    moved = await _set(identity_at_noon, SIX)

    assert moved.status_code == 200
    assert ledger.ran == [("close", SIX)]


async def test_the_clock_stays_where_a_job_fails(
    identity_at_noon: Running, ledger: Ticking, premium: Ticking
) -> None:
    """Given a job that fails, when the clock shall pass it, then it waits there until mended."""
    premium.failing.add("count")
    refused = await _set(identity_at_noon, NOON + 2 * DAY)
    stood = clock.now()

    premium.failing.clear()
    mended = await _set(identity_at_noon, NOON + 2 * DAY)

    assert then.refused(refused, 503, "dependency-unavailable")["retryable"]
    assert NINE <= stood < NINE + MOMENT
    assert mended.status_code == 200
    assert ledger.ran == [("close", SIX), ("close", SIX + DAY)]
    assert premium.ran == [("count", NINE), ("count", NINE + DAY)]


async def test_a_follower_that_is_away_keeps_the_clock(
    identity_at_noon: Running, premium: Ticking
) -> None:
    """Given a service nobody answers for, when the clock shall move, then 503, and it stays."""
    async with httpx.AsyncClient(mounts={"all://": httpx.MockTransport(_nobody)}) as client:
        identity_at_noon.app.state.http = client
        refused = await _set(identity_at_noon, NOON + DAY)

    then.refused(refused, 503, "dependency-unavailable")
    assert clock.now() < NOON + MOMENT


async def test_a_follower_with_another_clock_is_found_out(identity_at_noon: Running) -> None:
    """Given a service that sees another time, when its job does not run, then 503."""
    async with httpx.AsyncClient(mounts={"all://": httpx.MockTransport(_always_at_six)}) as client:
        identity_at_noon.app.state.http = client
        refused = await _set(identity_at_noon, NOON + DAY)

    then.refused(refused, 503, "dependency-unavailable")
    assert clock.now() < SIX + MOMENT


async def test_the_clock_moves_a_year_and_a_month_at_most(identity_at_noon: Running) -> None:
    """Given a clock nothing holds up, when set 401 and 400 days ahead, then it is 400."""
    async with httpx.AsyncClient(mounts={"all://": httpx.MockTransport(_without_jobs)}) as client:
        identity_at_noon.app.state.http = client
        too_far = await _set(identity_at_noon, NOON + 401 * DAY)
        moved = await _set(identity_at_noon, NOON + 400 * DAY)

    then.refused(too_far, 422, "validation-failed", "clock-too-far-ahead")
    assert moved.status_code == 200


async def test_tokens_live_by_real_time(identity_at_noon: Running) -> None:
    """Given a clock years behind, when a staff token of today is used, then it is good."""
    answer = await _set(identity_at_noon, NOON + MOMENT)

    assert answer.status_code == 200


async def test_a_platform_without_a_clock_file_has_the_real_time(identity: Running) -> None:
    """Given no clock file, as in production, when the clock is set, then 409."""
    answer = await identity.client.put(
        "/ops/v1/clock", json={"now": "2031-01-01T00:00:00Z"}, headers=identity.staff(STAFF)
    )

    then.refused(answer, 409, "state-conflict", "clock-is-fixed")


async def test_a_clock_without_a_zone_is_refused(with_clock: Running) -> None:
    """Given an instant without a zone, when set, then 422."""
    answer = await with_clock.client.put(
        "/ops/v1/clock", json={"now": "2031-01-01T00:00:00"}, headers=with_clock.staff(STAFF)
    )

    then.refused(answer, 422, "validation-failed")


def _nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def _always_at_six(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"next_due_at": SIX.isoformat()})


def _without_jobs(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"next_due_at": None})
