"""A small service whose jobs note when they ran: for tests of jobs and of the clock's setting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import httpx
from alembic.migration import MigrationContext
from alembic.operations import Operations
from fastapi import FastAPI
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.postgres import DatabaseUrls
from libs.common import clock, schema
from libs.common.database import Databases
from libs.common.driver import driver_url
from libs.common.jobs import DueAfter, Job, Missed, run_due
from libs.common.service import Service, build_app
from libs.common.settings import ServiceSettings
from tests.kit.running import settings_for


@dataclass
class Ticking:
    """The service, what its jobs did, and how to hinder them."""

    settings: ServiceSettings
    times: dict[str, DueAfter]
    upkeep: set[str] = field(default_factory=set)
    ran: list[tuple[str, datetime]] = field(default_factory=list)
    shown: list[datetime] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Build its HTTP side; nothing holds up its jobs."""
        self.gate.set()
        self.app = build_app(self._service(), self.settings, worker=False)
        self.databases: Databases = self.app.state.databases

    @property
    def jobs(self) -> tuple[Job, ...]:
        """A job of each name."""
        return tuple(self._job(name, due) for name, due in self.times.items())

    async def run(self, now: datetime) -> datetime | None:
        """Run what is due, as one worker would."""
        return await run_due(self.databases, self.settings, self.jobs, now)

    def worker(self) -> FastAPI:
        """One more process, which runs jobs by itself."""
        return build_app(self._service(), self.settings, api=False)

    def transport(self) -> httpx.ASGITransport:
        """The way to its HTTP side."""
        return httpx.ASGITransport(self.app, raise_app_exceptions=False)

    def _service(self) -> Service:
        return Service("buyers", "Ticking", "時計", MetaData(), jobs=self.jobs)

    def _job(self, name: str, due: DueAfter) -> Job:
        missed = Missed.ONCE if name in self.upkeep else Missed.EACH
        return Job(name, due, partial(self._act, name), missed)

    async def _act(
        self, name: str, databases: Databases, settings: ServiceSettings, due: datetime
    ) -> None:
        self.began.set()
        await self.gate.wait()
        if name in self.failing:
            raise RuntimeError("this job cannot")
        self.ran.append((name, due))
        self.shown.append(clock.now())
        self.done.set()


@asynccontextmanager
async def ticking(urls: DatabaseUrls, **times: DueAfter) -> AsyncIterator[Ticking]:
    """Open the service on an empty database of buyers; its jobs have these names and times."""
    engine = create_async_engine(driver_url(urls.owner))
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()
    service = Ticking(settings_for("buyers", urls), times)
    yield service
    await service.databases.close()


def _migrate(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"service": "buyers"})
    with Operations.context(context):
        schema.create_job_runs()
