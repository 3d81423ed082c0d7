"""A register of a million buyers: how long a search takes, and the last page beside the first."""

import asyncio
import time
from statistics import quantiles
from urllib.parse import quote

import asyncpg
import httpx

from bench.engines import database
from bench.serving import Served, served
from deploy.postgres import DatabaseUrls

_BUYERS = 1_000_000
_ASKED = 300
_WORDS = ("siam", "valve", "pump", "marine", "steel", "hamburg", "toyo", "pacific")
_FILL = """
INSERT INTO buyers (buyer_code, name, search_key, country, country_code, kind, rating, active,
                    sample, version, updated_at)
SELECT lpad(n::text, 7, '0'), initcap(name), name, 'TH', '111', 'BUYER', 'EA', true, true, 1, now()
FROM generate_series(0, $1 - 1) AS n,
     LATERAL (SELECT md5(n::text) || ' ' || ($2::text[])[n % 8 + 1] || ' ' ||
                     ($2::text[])[n / 8 % 8 + 1] || ' co ltd' AS name) AS named
"""


async def fill(urls: DatabaseUrls) -> None:
    """Enter a million buyers."""
    connection = await asyncpg.connect(urls.owner)
    # An index is made faster of what is there than row by row.
    index = await connection.fetchval("SELECT pg_get_indexdef('ix_buyers_search_key'::regclass)")
    await connection.execute("DROP INDEX ix_buyers_search_key")
    await connection.execute(_FILL, _BUYERS, list(_WORDS), timeout=600)
    await connection.execute(index, timeout=600)
    await connection.execute("VACUUM ANALYZE buyers")
    await connection.close()


def asked(client: httpx.Client, paths: list[str]) -> list[float]:
    """Ask paths one after the other; gives the milliseconds each took."""
    took = []
    for path in paths:
        began = time.perf_counter()
        client.get(path).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
    return took


def walked(client: httpx.Client) -> list[float]:
    """Walk through the whole list, page by page; gives the milliseconds each took."""
    took, path = [], "/v1/buyers?limit=100"
    while path:
        began = time.perf_counter()
        page = client.get(path).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
        path = page.links.get("next", {}).get("url", "")
    return took


def measure(it: Served) -> None:
    """Search and page, and print."""
    headers = {"Authorization": f"Bearer {it.token}"}
    with httpx.Client(base_url=it.url, headers=headers, timeout=60) as client:
        queries = [f"{n:04x} {_WORDS[n % 8]}" for n in range(_ASKED)]
        searches = asked(client, [f"/v1/buyers?q={quote(q)}&limit=20" for q in queries])
        pages = walked(client)
    first, last = (quantiles(part, n=20)[18] for part in (pages[:_ASKED], pages[-_ASKED:]))
    p99 = quantiles(searches, n=100)[98]
    print(f"search: p99 {p99:.1f} ms  (goal 60, proud 25)")
    print(f"pages: p95 {first:.1f} ms at the beginning, {last:.1f} ms at the end,", end=" ")
    print(f"ratio {first / last:.2f}  (goal 0.8, proud 1.0)")


def main() -> None:
    """Fill a register and measure."""
    with database("buyers") as urls:
        asyncio.run(fill(urls))
        with served("buyers", urls, "buyers:read") as it:
            measure(it)


if __name__ == "__main__":
    main()
