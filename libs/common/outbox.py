"""Facts are written down in the transaction that makes them true; the relay tells them later.

The head row of a key gives each fact its number, without gaps, and its lock puts rival writers
of one aggregate in order.
"""

import asyncio
import contextlib
from collections.abc import Sequence

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from . import context
from .driver import FAILURES, Statement, hang_up
from .events import Event
from .packing import pack
from .wire import new_uuid

log = structlog.get_logger(__name__)

CHANNEL = "outbox"
_DEBOUNCE_SECONDS = 0.01

# In ascending order, so that two transactions never wait for each other's keys.
_TELL = Statement("""
WITH fact AS (
    SELECT told.*, row_number() OVER (PARTITION BY topic, key ORDER BY nth) AS place,
           count(*) OVER (PARTITION BY topic, key) AS count
    FROM unnest(CAST(:ids AS uuid[]), CAST(:topics AS text[]), CAST(:types AS text[]),
                CAST(:keys AS text[]), CAST(:data AS text[]), CAST(:packed AS bytea[]))
         WITH ORDINALITY AS told (id, topic, type, key, data, packed, nth)
), head AS (
    INSERT INTO outbox_heads AS heads (tenant, topic, key, sequence)
    SELECT :tenant, topic, key, count(*) FROM fact GROUP BY topic, key ORDER BY topic, key
    ON CONFLICT (tenant, topic, key) DO UPDATE SET sequence = heads.sequence + EXCLUDED.sequence
    RETURNING topic, key, sequence
)
INSERT INTO outbox (tenant, id, topic, type, key, sequence, data, packed,
                    correlation_id, causation_id, traceparent)
SELECT :tenant, fact.id, topic, fact.type, key, head.sequence - fact.count + fact.place,
       fact.data, fact.packed, :correlation_id, :causation_id, :traceparent
FROM fact JOIN head USING (topic, key)
ORDER BY topic, key, fact.nth
""")


async def announce(tx: AsyncSession, *facts: Event) -> None:
    """Tell facts when this transaction commits, in the order given for each key."""
    await _TELL.rows(
        tx,
        **_origin(tx),
        ids=[new_uuid() for _ in facts],
        topics=[fact.topic for fact in facts],
        types=[fact.event_type for fact in facts],
        keys=[fact.subject for fact in facts],
        data=[fact.model_dump_json() for fact in facts],
        packed=[None for _ in facts],
    )
    tx.info["told"] = True


async def announce_data(
    tx: AsyncSession, fact: type[Event], data: Sequence[tuple[str, str]]
) -> None:
    """Tell facts of one type whose JSON is already made: batches too large for objects.

    Shape: `data` is the key of each fact and its JSON, in the order in which to tell them.
    Raises: FactTooLarge.
    """
    packed = await asyncio.to_thread(lambda: [pack(said) for _, said in data])
    await _TELL.rows(
        tx,
        **_origin(tx),
        ids=[new_uuid() for _ in data],
        topics=[fact.topic] * len(data),
        types=[fact.event_type] * len(data),
        keys=[key for key, _ in data],
        data=[None] * len(data),
        packed=packed,
    )
    tx.info["told"] = True


def _origin(tx: AsyncSession) -> dict[str, str]:
    """Say whose facts these are, and what they come of."""
    return {
        "tenant": tx.info["tenant"],
        "correlation_id": context.correlation_id.get(),
        "causation_id": context.causation_id.get(),
        "traceparent": context.traceparent.get(),
    }


class Bell:
    """Wakes the relay after a commit: at once in this process, by NOTIFY in the others."""

    def __init__(self, relay_url: str) -> None:
        """Prepare; the connection for NOTIFY is opened at the first ring."""
        self._url = relay_url
        self._heard = asyncio.Event()
        self._rung = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._server_pid = 0

    def ring(self) -> None:
        """Say that something was committed."""
        self._heard.set()
        self._rung.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._notify())

    def hear(self, server_pid: int) -> None:
        """Pass on a ring from another process; our own was heard when it was made."""
        if server_pid != self._server_pid:
            self._heard.set()

    async def wait(self, seconds: float) -> None:
        """Sleep until a ring, at most so long."""
        # Not `wait_for`: before Python 3.12 it swallows a cancellation that meets a ring.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._heard.wait()
        self._heard.clear()

    async def _notify(self) -> None:
        # NOTIFY takes a lock of the whole database at commit: never in the writer's transaction,
        # and many rings become one.
        try:
            connection = await asyncpg.connect(self._url)
        except FAILURES as error:
            log.warning("bell_unheard", error=str(error))
            return
        self._server_pid = connection.get_server_pid()
        try:
            while True:
                await self._rung.wait()
                self._rung.clear()
                await connection.execute(f"NOTIFY {CHANNEL}")
                await asyncio.sleep(_DEBOUNCE_SECONDS)
        except FAILURES as error:
            log.warning("bell_unheard", error=str(error))
        finally:
            await hang_up(connection)

    async def close(self) -> None:
        """Stop ringing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
