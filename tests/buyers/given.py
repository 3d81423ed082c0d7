"""What is already so when a test of buyers begins."""

from itertools import count
from typing import Any

import httpx

from tests.kit.running import Running

_codes = (f"{number:07d}" for number in count(7_000_000))


def entry(**changes: object) -> dict[str, Any]:
    """A buyer's record as staff send it."""
    return {
        "name": "SIAM VALVE & PUMP CO., LTD.",
        "country": "TH",
        "country_code": "111",
        "kind": "BUYER",
        "rating": "EA",
    } | changes


def code() -> str:
    """A buyer code nobody has used."""
    return next(_codes)


async def entered(
    service: Running, buyer_code: str, version: int | None = None, **changes: Any
) -> httpx.Response:
    """Staff enter or replace a buyer."""
    headers = service.staff("ops:buyers:write")
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return await service.client.put(
        f"/ops/v1/buyers/{buyer_code}", json=entry(**changes), headers=headers
    )


async def buyer(service: Running, **changes: Any) -> str:
    """A buyer in the register; gives its code."""
    buyer_code = code()
    answer = await entered(service, buyer_code, **changes)
    assert answer.status_code == 201, answer.text
    return buyer_code
