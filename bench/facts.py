"""Facts: how long from the commit that tells one to the commit of its listener, at 100 a second.

Relay and listener work in one process, on a PostgreSQL and a Kafka of their own.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from bench.engines import database
from deploy.kafka import Kafka
from deploy.postgres import DatabaseUrls
from libs.common.database import Databases
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

inbox = Inbox("buyers.inbox")
_told_at: dict[int, float] = {}
_handled_after: list[float] = []


class Passed(Event, type="buyers.buyer.passed.v1", key="thing"):
    """A fact that only passes."""

    thing: str
    number: int


@inbox.on
async def time_it(tx: AsyncSession, fact: Passed) -> None:
    """Note, when this transaction has committed, how long the fact took."""

    def note(_: object) -> None:
        _handled_after.append(time.perf_counter() - _told_at[fact.number])

    event.listen(tx.sync_session, "after_commit", note)


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


async def measure(urls: DatabaseUrls, bootstrap: str) -> list[float]:
    """Tell facts at a steady rate; gives the milliseconds each took."""
    settings = ServiceSettings(
        service="buyers",
        database_url=urls.app,
        database_staff_url=urls.staff,
        database_relay_url=urls.relay,
        kafka_bootstrap=bootstrap,
    )
    await create_topics(bootstrap)
    databases = Databases(settings)
    loops = (
        Relay(settings, databases.bell).run(),
        Listener(inbox, databases, settings).run(),
    )
    tasks = [asyncio.create_task(loop) for loop in loops]
    total = _WARM_UP + _PER_SECOND * _SECONDS

    def tell(number: int) -> None:
        tasks.append(_tell(databases, number))

    for number in range(total):
        asyncio.get_running_loop().call_later(number / _PER_SECOND, tell, number)
    while len(_handled_after) < total:  # noqa: ASYNC110  # the handler only writes figures down
        await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await databases.close()
    return [seconds * 1000 for seconds in _handled_after[_WARM_UP:]]


def _tell(databases: Databases, number: int) -> asyncio.Task[None]:
    async def tell() -> None:
        async with databases.tenant(_TENANT) as tx:
            await announce(tx, Passed(thing=str(number % 50), number=number))
        _told_at[number] = time.perf_counter()

    return asyncio.create_task(tell())


def main() -> None:
    """Measure and print."""
    with database("buyers") as urls, broker() as bootstrap:
        took = asyncio.run(measure(urls, bootstrap))
    at = quantiles(took, n=100)
    print(
        f"fact to handled, {_PER_SECOND}/s, ms: p50 {at[49]:.1f} p95 {at[94]:.1f} p99 {at[98]:.1f}"
    )


if __name__ == "__main__":
    main()
