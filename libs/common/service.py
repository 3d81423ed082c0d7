"""What a service is made of, and the application built from that declaration."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp

from . import problem_handlers
from .database import Databases
from .edge import Edge
from .files import file_store
from .http import http_client
from .inbox import Inbox
from .job_doors import jobs_router
from .jobs import Job, follow_clock
from .jwks import KeyCache, keys_over_http
from .listener import Listener
from .liveness import Revocations, revocations_over_http
from .problem_codes import DependencyUnavailable
from .problems import Problem
from .refusals import Note, Refusals, tell
from .relay import Relay
from .retention import Retention
from .security import Gate, public
from .settings import ServiceSettings
from .tokens import Verifier

log = structlog.get_logger(__name__)

Worker = Callable[[Databases, Any], Awaitable[None]]
"""A loop beside relay and listener; gets the service's databases and settings, runs for ever."""

Command = Callable[..., Coroutine[Any, Any, None]]
"""An operator's act on the command line; gets the settings and the words that follow."""


Tool = Callable[..., str]
"""An act on the command line that needs no settings; gets the words that follow, gives a line."""


@dataclass(frozen=True, slots=True)
class Service:
    """One bounded context: its name in both languages and what stands in its rooms."""

    name: str
    title: str
    title_ja: str
    metadata: MetaData
    routers: tuple[APIRouter, ...] = ()
    staff_routers: tuple[APIRouter, ...] = ()
    internal_routers: tuple[APIRouter, ...] = ()
    document_routers: tuple[APIRouter, ...] = ()
    inbox: Inbox | None = None
    workers: tuple[Worker, ...] = ()
    jobs: tuple[Job, ...] = ()
    commands: Mapping[str, Command] = field(default_factory=dict)
    tools: Mapping[str, Tool] = field(default_factory=dict)
    note_refusal: Note = tell
    settings: type[ServiceSettings] = ServiceSettings


class _App(FastAPI):
    """FastAPI inside our edge: not even its last resort answers without ids and safe headers."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the edge around everything else."""
        return Edge(super().build_middleware_stack(), self.state.settings.allowed_hosts)


def build_app(
    service: Service, settings: ServiceSettings, *, api: bool = True, worker: bool = True
) -> FastAPI:
    """Build the application of one process: its HTTP side, its background side, or both."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            databases = app.state.databases
            stack.push_async_callback(databases.close)
            stack.push_async_callback(app.state.http.aclose)
            loops = []
            if api:
                app.state.gate = _gate(service, settings, app.state.http)
                loops.append(app.state.gate.revocations.follow())
            if worker:
                loops.extend(_background(service, settings, databases))
            tasks = [asyncio.create_task(loop, name=loop.__qualname__) for loop in loops]
            for task in tasks:
                task.add_done_callback(_tell_of_end)
            app.state.tasks = tasks
            stack.push_async_callback(_stop, tasks)
            yield

    app = _App(
        title=service.title,
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.databases = Databases(settings)
    app.state.http = http_client(settings.http_timeout_seconds)
    app.state.files = file_store(settings.files_url)
    app.state.settings = settings
    _answer_problems(app, service)
    app.include_router(_health(app))
    if api:
        include_routes(app, service)
    return app


def include_routes(app: FastAPI, service: Service) -> None:
    """Put each kind of router under its prefix."""
    for router in service.routers:
        app.include_router(router, prefix="/v1")
    for router in service.staff_routers:
        app.include_router(router, prefix="/ops/v1")
    for router in service.internal_routers:
        app.include_router(router, prefix="/internal")
    app.include_router(jobs_router(service.jobs), prefix="/internal")
    for router in service.document_routers:
        app.include_router(router)


def _answer_problems(app: FastAPI, service: Service) -> None:
    problem_handlers.install(app)
    refusals = Refusals(service.name, service.note_refusal)
    app.exception_handlers[Problem] = refusals.before(problem_handlers.on_problem)


def _gate(service: Service, settings: ServiceSettings, client: httpx.AsyncClient) -> Gate:
    keys = KeyCache(keys_over_http(client, settings.jwks_url))
    verifier = Verifier(settings.issuer, service.name, keys)
    heard = Revocations(revocations_over_http(client, settings.identity_url))
    return Gate(verifier, heard, settings.trusted_proxies)


def _background(service: Service, settings: ServiceSettings, databases: Databases) -> list[Any]:
    loops = [Relay(settings, databases.bell).run(), Retention(settings).run()]
    if service.inbox is not None:
        loops.append(Listener(service.inbox, databases, settings).run())
    if service.jobs:
        loops.append(follow_clock(service.name, databases, settings, service.jobs))
    return [*loops, *(work(databases, settings) for work in service.workers)]


def _tell_of_end(task: asyncio.Task[None]) -> None:
    # A loop has no end of its own; one that ends unheard is missed by what it leaves undone.
    if not task.cancelled():
        log.critical("loop_ended", loop=task.get_name(), exc_info=task.exception())


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _health(app: FastAPI) -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[public("asked by the orchestrator")])

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        """Say that the process answers and that none of its loops has ended."""
        if any(task.done() for task in app.state.tasks):
            raise DependencyUnavailable
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> dict[str, str]:
        """Say that requests can be served: the database answers and identity has spoken."""
        try:
            await app.state.databases.check()
        except (OSError, DBAPIError) as error:
            raise DependencyUnavailable from error
        if (gate := getattr(app.state, "gate", None)) is not None:
            gate.revocations.include()
        return {"status": "ready"}

    @router.get("/metrics")
    async def metrics() -> Response:
        """Give the figures for Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
