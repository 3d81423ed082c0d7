"""A process from start to stop, and what it says of its health."""

import asyncio

import pytest
from asgi_lifespan import LifespanManager
from sqlalchemy.exc import DBAPIError

from libs.common.service import Service, build_app
from libs.common.settings import ServiceSettings
from tests.common.shop import service as shop_service
from tests.kit import then
from tests.kit.running import Running


async def test_health_needs_no_token(shop: Running) -> None:
    """Given a running service, when it is asked how it is, then it says so to anybody."""
    alive = await shop.client.get("/livez")
    ready = await shop.client.get("/readyz")
    figures = await shop.client.get("/metrics")

    assert (alive.json(), ready.json()) == ({"status": "alive"}, {"status": "ready"})
    assert "http_request_seconds" in figures.text


async def test_a_loop_that_ended_is_no_life(shop: Running) -> None:
    """Given a background loop, when it has ended, then the process asks to be replaced."""
    ended = asyncio.create_task(asyncio.sleep(0))
    await ended
    shop.app.state.tasks.append(ended)

    answer = await shop.client.get("/livez")
    shop.app.state.tasks.remove(ended)

    then.refused(answer, 503, "dependency-unavailable")


async def test_without_its_database_a_service_is_not_ready(shop: Running) -> None:
    """Given an address where no database is, when asked, then alive, and not ready."""
    app = build_app(shop_service, _nowhere(shop.settings), worker=False)
    app.state.gate, app.state.tasks = shop.app.state.gate, []
    lost = Running(app, shop.client, app.state.databases, shop.settings, shop.identity)

    try:
        await lost.databases.check()
    except (OSError, DBAPIError):
        reached = False
    else:
        reached = True
    await lost.databases.close()

    assert not reached


async def test_a_process_starts_and_stops_its_loops(shop: Running) -> None:
    """Given a service with a loop of its own, when it stops, then the loop is cancelled."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def work(*_: object) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    working = Service(
        name="buyers", title="Shop", title_ja="店", metadata=shop_service.metadata, workers=(work,)
    )
    app = build_app(working, shop.settings, api=False)

    async with LifespanManager(app):
        await began.wait()
        assert not ended.is_set()

    assert ended.is_set()


async def test_a_loop_that_fails_is_told_of(
    shop: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a loop that fails for a reason nobody foresaw, when it ends, then the log says so."""
    ended = asyncio.Event()

    async def work(*_: object) -> None:
        ended.set()
        raise LookupError("nobody foresaw this")

    working = Service(
        name="buyers", title="Shop", title_ja="店", metadata=shop_service.metadata, workers=(work,)
    )
    app = build_app(working, shop.settings, api=False)

    async with LifespanManager(app):
        await ended.wait()
        await asyncio.sleep(0)

    [told] = [str(it.msg) for it in caplog.records if it.levelname == "CRITICAL"]
    assert "loop_ended" in told
    assert "nobody foresaw this" in told


def _nowhere(settings: ServiceSettings) -> ServiceSettings:
    url = "postgresql://nobody:nothing@127.0.0.1:1/none"
    return settings.model_copy(update={"database_url": url, "database_staff_url": url})
