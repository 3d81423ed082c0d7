"""A service in a Uvicorn process of its own, asked by `wrk` for some seconds."""

import asyncio
import gc
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import stamina
import uvicorn
import uvloop
from fastapi import FastAPI

from deploy.postgres import DatabaseUrls
from deploy.processes import free_port
from libs.common.command import load
from libs.common.service import build_app
from tests.kit.running import settings_for
from tests.kit.stand_in_identity import StandInIdentity

# A server that is still starting is nothing to report.
stamina.instrumentation.set_on_retry_hooks([])

_SECONDS = 5
_CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Served:
    """A running service: where it answers, its process, and a token that opens it."""

    url: str
    process: psutil.Process
    token: str


@dataclass(frozen=True, slots=True)
class Load:
    """What a service did under load: requests a second, CPU µs for each, p99 in ms."""

    rate: float
    cpu: float
    p99: float


@contextmanager
def served(service: str, urls: DatabaseUrls, token: str) -> Iterator[Served]:
    """Run a service in a process; `token` is a scope, or `staff` before one of staff's."""
    named = (urls.owner, urls.app, urls.relay, urls.staff)
    with process("bench.serving", service, token, *named) as it:
        yield it


@contextmanager
def process(module: str, *arguments: str) -> Iterator[Served]:
    """Run a module that serves on the port it is given and prints a token first."""
    port = free_port()
    command = [sys.executable, "-m", module, str(port), *arguments]
    with psutil.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            token = running.stdout.readline().strip()
            url = f"http://127.0.0.1:{port}"
            for attempt in stamina.retry_context(on=httpx.TransportError, timeout=30):
                with attempt:
                    httpx.get(url)
            yield Served(url, running, token)
        finally:
            running.terminate()


def load_it(it: Served, path: str, script: Path | None = None) -> Load:
    """Ask a path for some seconds, or whatever a Lua script asks; nothing may be refused."""
    before = sum(it.process.cpu_times()[:2])
    command = ["wrk", "--latency", "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", it.url + path]
    command += ["-H", f"Authorization: Bearer {it.token}"]
    command += ["-s", str(script)] if script else []
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = sum(it.process.cpu_times()[:2]) - before
    if "Non-2xx" in told:
        raise RuntimeError(told)
    count = int(found(r"(\d+) requests in", told))
    return Load(count / _SECONDS, used / count * 1_000_000, milliseconds(told, "99%"))


def milliseconds(told: str, share: str) -> float:
    """Read a percentile of what `wrk` has told."""
    figure, unit = re.findall(rf"{share}\s+([0-9.]+)(us|ms|s)", told)[0]
    return float(figure) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def found(pattern: str, told: str) -> str:
    """Read one thing of what `wrk` has told."""
    match = re.search(pattern, told)
    if match is None:
        raise RuntimeError(told)
    return match[1]


async def serve(app: FastAPI, port: int, token: str) -> None:
    """Serve an app as `serve` of the command line does, once its token is told."""
    print(token, flush=True)
    # What is loaded now stays, and collections need not look at it again.
    gc.freeze()
    config = uvicorn.Config(app, port=port, log_level="warning", access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()


async def _serve_service(port: int, service: str, token: str, urls: DatabaseUrls) -> None:
    identity = StandInIdentity()
    app = build_app(load(service), settings_for(service, urls), worker=False)
    app.state.gate, app.state.tasks = await identity.gate(service), []
    staff = token.startswith("ops:")
    await serve(app, port, identity.staff_token(token) if staff else identity.token(token))


def run(work: "asyncio.Future[None] | object") -> None:
    """Run a coroutine on the event loop services run on."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)  # type: ignore[arg-type]


if __name__ == "__main__":
    run(_serve_service(int(sys.argv[1]), sys.argv[2], sys.argv[3], DatabaseUrls(*sys.argv[4:])))
