"""Work the ledger does by itself: what uploads need next, and the round that the clock makes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, time

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from libs.common.clock import now
from libs.common.database import Databases
from libs.common.driver import FAILURES, hang_up
from libs.common.files import file_store
from libs.common.jobs import Job, Missed, daily_at
from libs.common.outbox import CHANNEL
from libs.common.settings import ServiceSettings

from .actions.closing import close_ledgers
from .actions.keeping import forget_files
from .actions.processing import carry_out_next

log = structlog.get_logger(__name__)


async def _close_by_morning(databases: Databases, settings: ServiceSettings, due: datetime) -> None:
    await close_ledgers(databases, due)


CLOSE_LEDGERS = Job("close-ledgers", daily_at(time(6)), _close_by_morning)
"""Every morning, before offices open. Source: assumed."""


async def _forget_by_night(databases: Databases, settings: ServiceSettings, due: datetime) -> None:
    # Of missed nights one run is for all.
    await forget_files(databases, now())


FORGET_FILES = Job("forget-files", daily_at(time(3)), _forget_by_night, Missed.ONCE)
"""Every night. Source: assumed."""

_AT_ONCE = 2  # one part is copied into the database while the next is being judged
_POLL_SECONDS = 1.0
_RETRY_SECONDS = 0.5


async def process_uploads(databases: Databases, settings: ServiceSettings) -> None:
    """Carry out tasks until cancelled, through restarts of the database."""
    async with asyncio.TaskGroup() as group:
        for place in range(_AT_ONCE):
            group.create_task(_work(databases, settings, only_fresh=place > 0))


async def _work(databases: Databases, settings: ServiceSettings, *, only_fresh: bool) -> None:
    store = file_store(settings.files_url)
    while True:
        try:
            async with _bell(settings) as rung:
                while True:
                    rung.clear()
                    if not await carry_out_next(databases, store, only_fresh=only_fresh):
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(_POLL_SECONDS):
                                await rung.wait()
        except (*FAILURES, DBAPIError) as error:
            log.warning("worker_interrupted", error=repr(error))
            await asyncio.sleep(_RETRY_SECONDS)


@contextlib.asynccontextmanager
async def _bell(settings: ServiceSettings) -> AsyncIterator[asyncio.Event]:
    """Hear the bell that rings after commits: an upload is announced when it is received."""
    rung = asyncio.Event()
    connection = await asyncpg.connect(settings.database_url)
    try:
        await connection.add_listener(CHANNEL, lambda *_: rung.set())
        yield rung
    finally:
        await hang_up(connection)
