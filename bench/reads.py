"""A read: `GET /v1/buyers/{code}` at the service, beside a FastAPI GET that reads nothing."""

import asyncio
import sys
from statistics import median

from fastapi import FastAPI

from bench.engines import database
from bench.serving import load_it, process, run, serve, served
from deploy.postgres import DatabaseUrls
from services.buyers.api.buyers import Buyer
from tests.buyers import given
from tests.kit.running import running

_ROUNDS = 3
_BUYER = "1234560"
_PATH = f"/v1/buyers/{_BUYER}"


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


def main() -> None:
    """Measure both in turn and print their ratios."""
    with database("buyers") as urls:
        asyncio.run(_enter(urls))
        with process("bench.reads") as floor, served("buyers", urls, "buyers:read") as service:
            rounds = [(load_it(floor, _PATH), load_it(service, _PATH)) for _ in range(_ROUNDS)]
    for name, index in (("floor", 0), ("GET /v1/buyers/{code}", 1)):
        rate = median(one[index].rate for one in rounds)
        cpu = median(one[index].cpu for one in rounds)
        print(f"{name:24} {rate:7.0f} req/s  {cpu:6.0f} µs CPU")
    by_rate = median(ours.rate / floor.rate for floor, ours in rounds)
    by_cpu = median(floor.cpu / ours.cpu for floor, ours in rounds)
    print(f"ratio {by_rate:.2f} by req/s, {by_cpu:.2f} by CPU  (goal 0.3, proud 0.5)")


async def _enter(urls: DatabaseUrls) -> None:
    async with running("buyers", urls) as service:
        await given.entered(service, _BUYER)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(serve(floor_app(), int(sys.argv[1]), "-"))
    else:
        main()
