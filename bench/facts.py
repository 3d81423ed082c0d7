"""Facts: how long one takes at 100 a second, and how many a second pass when many wait.

Relay and listener work in one process, on a PostgreSQL and a Kafka of their own. The floor of the
second figure is what every relay must do: read the outbox in batches and note what was read.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import quantiles

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from bench.engines import database
from deploy.kafka import Kafka
from deploy.postgres import DatabaseUrls
from libs.common.database import Databases, TenantSession
from libs.common.events import Event
from libs.common.inbox import Inbox
from libs.common.listener import Listener
from libs.common.outbox import announce
from libs.common.relay import Relay
from libs.common.settings import ServiceSettings
from libs.common.topics import create_topics

_TENANT = "045012300"
_PER_SECOND = 100
_SECONDS = 20
_WARM_UP = 200
_WAITING = 20_000
_KEYS = 50
_BATCH = 1000
_READ = "SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY position LIMIT $1"
_NOTE = "UPDATE outbox SET sent_at = now() WHERE position = ANY($1)"
_UNREAD = "UPDATE outbox SET sent_at = NULL"

inbox = Inbox("buyers.inbox")
_told_at: dict[int, float] = {}
_handled_after: list[float] = []


class Passed(Event, type="buyers.buyer.passed.v1", key="thing"):
    """A fact that only passes."""

    thing: str
    number: int


@inbox.on
async def time_it(tx: AsyncSession, fact: Passed) -> None:
    """Have the time taken once this transaction has committed."""
    tx.info.setdefault("passed", []).append(fact.number)


@event.listens_for(TenantSession, "after_commit")
def _note(session: Session) -> None:
    at = time.perf_counter()
    _handled_after.extend(at - _told_at[number] for number in session.info.pop("passed", ()))


@contextmanager
def broker() -> Iterator[str]:
    """A Kafka of our own."""
    with tempfile.TemporaryDirectory() as folder:
        kafka = Kafka(Path(folder))
        kafka.start()
        try:
            yield kafka.bootstrap
        finally:
            kafka.drop()


@asynccontextmanager
async def passing(urls: DatabaseUrls, bootstrap: str) -> AsyncIterator[Databases]:
    """A service whose relay and listener are ready to be started."""
    settings = ServiceSettings(
        service="buyers",
        database_url=urls.app,
        database_staff_url=urls.staff,
        database_relay_url=urls.relay,
        kafka_bootstrap=bootstrap,
    )
    databases = Databases(settings)
    loops = (Relay(settings, databases.bell).run(), Listener(inbox, databases, settings).run())
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield databases
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await databases.close()


async def steadily(urls: DatabaseUrls, bootstrap: str) -> list[float]:
    """Tell facts at a steady rate; gives the milliseconds each took."""
    total = _WARM_UP + _PER_SECOND * _SECONDS
    async with passing(urls, bootstrap) as databases, asyncio.TaskGroup() as group:

        def tell(number: int) -> None:
            group.create_task(_tell(databases, number))

        for number in range(total):
            asyncio.get_running_loop().call_later(number / _PER_SECOND, tell, number)
        await _handled(total)
    return [seconds * 1000 for seconds in _handled_after[_WARM_UP:]]


async def sustained(urls: DatabaseUrls, bootstrap: str) -> tuple[float, float]:
    """Let facts wait, then pass; gives how many a second the floor read, and we handled."""
    already = len(_handled_after)
    await _let_wait(urls, already)
    floor = await _floor(urls)
    began = time.perf_counter()
    async with passing(urls, bootstrap):
        await _handled(already + 1)
        first = time.perf_counter()
        await _handled(already + _WAITING)
    # Joining the group takes as long however many wait.
    return floor, (_WAITING - 1) / (time.perf_counter() - max(first, began))


async def _let_wait(urls: DatabaseUrls, already: int) -> None:
    databases = Databases(
        ServiceSettings(
            service="buyers",
            database_url=urls.app,
            database_staff_url=urls.staff,
            database_relay_url=urls.relay,
        )
    )
    numbers = range(already, already + _WAITING)
    _told_at.update(dict.fromkeys(numbers, time.perf_counter()))
    async with databases.tenant(_TENANT) as tx:
        await announce(tx, *(Passed(thing=str(it % _KEYS), number=it) for it in numbers))
    await databases.close()


async def _floor(urls: DatabaseUrls) -> float:
    connection = await asyncpg.connect(urls.relay)
    began, read = time.perf_counter(), 0
    while rows := await connection.fetch(_READ, _BATCH):
        await connection.execute(_NOTE, [row["position"] for row in rows])
        read += len(rows)
    seconds = time.perf_counter() - began
    await connection.execute(f"{_UNREAD} WHERE position > $1", await _before_them(connection, read))
    await connection.close()
    return read / seconds


async def _before_them(connection: "asyncpg.Connection[asyncpg.Record]", read: int) -> int:
    last: int = await connection.fetchval("SELECT max(position) FROM outbox")
    return last - read


async def _handled(count: int) -> None:
    while len(_handled_after) < count:  # noqa: ASYNC110  # the handler only writes figures down
        await asyncio.sleep(0.01)


async def _tell(databases: Databases, number: int) -> None:
    async with databases.tenant(_TENANT) as tx:
        await announce(tx, Passed(thing=str(number % _KEYS), number=number))
    _told_at[number] = time.perf_counter()


async def measure(urls: DatabaseUrls, bootstrap: str) -> None:
    """Measure both and print."""
    await create_topics(bootstrap)
    at = quantiles(await steadily(urls, bootstrap), n=100)
    print(
        f"fact to handled, {_PER_SECOND}/s, ms: p50 {at[49]:.1f} p95 {at[94]:.1f} p99 {at[98]:.1f}"
        "  (goal 25, proud 12)"
    )
    floor, ours = await sustained(urls, bootstrap)
    print(
        f"{_WAITING:,} waiting facts: outbox read {floor:,.0f}/s, handled {ours:,.0f}/s,", end=" "
    )
    print(f"ratio {ours / floor:.2f}  (goal 0.4, proud 0.7)")


def main() -> None:
    """Measure on engines of our own."""
    with database("buyers") as urls, broker() as bootstrap:
        asyncio.run(measure(urls, bootstrap))


if __name__ == "__main__":
    main()
