"""A write: staff enter a buyer, with its key, its answer kept and its facts in one transaction.

The floor is what no such write can do without: asyncpg inserts the row and an outbox row in one
transaction, on as many connections as there are callers.
"""

import asyncio
import json
import time
from itertools import count
from pathlib import Path
from statistics import median
from uuid import uuid4

import asyncpg

from bench.engines import database
from bench.serving import load_it, served
from deploy.postgres import DatabaseUrls
from tests.buyers import given

_ROUNDS = 3
_SECONDS = 5
_CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("writes.lua")
_ROW = "INSERT INTO floor_buyers VALUES ($1, $2, now())"
_FACT = "INSERT INTO floor_outbox (id, key, data) VALUES ($1, $2, $3)"
_TABLES = """
CREATE TABLE IF NOT EXISTS floor_buyers (code text PRIMARY KEY, record jsonb, at timestamptz);
CREATE TABLE IF NOT EXISTS floor_outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id uuid, key text, data text
);
"""


async def floor(urls: DatabaseUrls) -> float:
    """Insert a row and a fact again and again; gives how often in a second."""
    pool = await asyncpg.create_pool(urls.owner, min_size=_CONNECTIONS, max_size=_CONNECTIONS)
    await pool.execute(_TABLES)
    numbers, ends = count(), time.perf_counter() + _SECONDS
    record = json.dumps(given.entry())

    async def write() -> int:
        done = 0
        async with pool.acquire() as connection:
            while time.perf_counter() < ends:
                code = f"{next(numbers)}-{uuid4()}"
                async with connection.transaction():
                    await connection.execute(_ROW, code, record)
                    await connection.execute(_FACT, uuid4(), code, record)
                done += 1
        return done

    total = sum(await asyncio.gather(*(write() for _ in range(_CONNECTIONS))))
    await pool.close()
    return total / _SECONDS


def main() -> None:
    """Measure both in turn and print their ratio."""
    with database("buyers") as urls, served("buyers", urls, "ops:buyers:write") as service:
        rounds = []
        for _ in range(_ROUNDS):
            bare = asyncio.run(floor(urls))
            rounds.append((bare, load_it(service, "/ops/v1/buyers/", _SCRIPT)))
    print(f"{'floor':24} {median(bare for bare, _ in rounds):7.0f} per s")
    rate, cpu = (median(getattr(it, name) for _, it in rounds) for name in ("rate", "cpu"))
    print(f"{'PUT /ops/v1/buyers/{code}':24} {rate:7.0f} per s  {cpu:6.0f} µs CPU")
    ratio = median(it.rate / bare for bare, it in rounds)
    print(f"ratio {ratio:.2f}  (goal 0.12, proud 0.2)")


if __name__ == "__main__":
    main()
