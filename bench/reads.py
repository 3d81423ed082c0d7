"""A read: `GET /v1/buyers/{code}` at the service, beside a FastAPI GET that reads nothing.

Both run in one Uvicorn process each and are asked in turn by `wrk`; CPU is the server's own.
"""

import asyncio
import gc
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import httpx
import psutil
import stamina
import uvicorn
import uvloop
from fastapi import FastAPI

from bench.engines import database
from deploy.postgres import DatabaseUrls
from deploy.processes import free_port
from libs.common.command import load
from libs.common.service import build_app
from services.buyers.api.buyers import Buyer
from tests.buyers import given
from tests.kit.running import running, settings_for
from tests.kit.stand_in_identity import StandInIdentity

_ROUNDS = 3
_SECONDS = 5
_CONNECTIONS = 16
_BUYER = "1234560"


def floor_app() -> FastAPI:
    """A bare FastAPI with one GET that answers a buyer without looking anything up."""
    app = FastAPI()
    shown = Buyer.model_validate(
        given.entry()
        | {"buyer_code": _BUYER, "active": True, "sample": False}
        | {"updated_at": "2026-11-22T00:00:00Z", "last_used_on": None, "version": 1}
    )

    @app.get("/v1/buyers/{buyer_code}")
    async def get_buyer(buyer_code: str) -> Buyer:
        """Answer the same buyer always."""
        return shown

    return app


async def service_app(urls: DatabaseUrls) -> tuple[FastAPI, str]:
    """The real service, and a token that opens it."""
    identity = StandInIdentity()
    app = build_app(load("buyers"), settings_for("buyers", urls), worker=False)
    app.state.gate, app.state.tasks = await identity.gate("buyers"), []
    return app, identity.token("buyers:read")


@contextmanager
def served(*arguments: str) -> Iterator[tuple[str, psutil.Process, str]]:
    """Run one of the two apps in a process; gives its URL, the process and the token."""
    port = free_port()
    command = [sys.executable, "-m", "bench.reads", str(port), *arguments]
    with psutil.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        token = process.stdout.readline().strip()
        url = f"http://127.0.0.1:{port}/v1/buyers/{_BUYER}"
        _wait(url, token)
        yield url, process, token
        process.terminate()


def _wait(url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    for attempt in stamina.retry_context(on=httpx.TransportError, timeout=30):
        with attempt:
            httpx.get(url, headers=headers).raise_for_status()


def load_it(url: str, process: psutil.Process, token: str) -> tuple[float, float]:
    """Ask for some seconds; gives requests per second and CPU microseconds per request."""
    before = sum(process.cpu_times()[:2])
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", url]
    header = f"Authorization: Bearer {token}"
    done = subprocess.run([*command, "-H", header], capture_output=True, text=True, check=True)
    used = sum(process.cpu_times()[:2]) - before
    if "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout)
    count = int(re.search(r"(\d+) requests in", done.stdout)[1])  # type: ignore[index]
    return count / _SECONDS, used / count * 1_000_000


def main() -> None:
    """Measure both in turn and print their ratios."""
    with database("buyers") as urls:
        asyncio.run(_enter(urls))
        with served("floor") as floor, served("service", *_named(urls)) as service:
            rounds = [(load_it(*floor), load_it(*service)) for _ in range(_ROUNDS)]
    for name, index in (("floor", 0), ("GET /v1/buyers/{code}", 1)):
        rate, cpu = (median(one[index][figure] for one in rounds) for figure in (0, 1))
        print(f"{name:24} {rate:7.0f} req/s  {cpu:6.0f} µs CPU")
    for name, better in (("req/s", 0), ("CPU", 1)):
        ratios = [one[1][0] / one[0][0] if not better else one[0][1] / one[1][1] for one in rounds]
        print(f"ratio by {name:6} {median(ratios):.2f}  (goal 0.3, proud 0.5)")


async def _enter(urls: DatabaseUrls) -> None:
    async with running("buyers", urls) as service:
        headers = service.staff("ops:buyers:write")
        await service.client.put(f"/ops/v1/buyers/{_BUYER}", json=given.entry(), headers=headers)


def _named(urls: DatabaseUrls) -> list[str]:
    return [urls.owner, urls.app, urls.relay, urls.staff]


async def _serve(port: int, kind: str, urls: list[str]) -> None:
    app, token = (floor_app(), "-") if kind == "floor" else await service_app(DatabaseUrls(*urls))
    print(token, flush=True)
    # As `serve` does: what is loaded now stays, and collections need not look at it again.
    gc.freeze()
    config = uvicorn.Config(app, port=port, log_level="warning", access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
    else:
        main()
