"""What an estimate is asked about, and how it is asked."""

from itertools import count
from typing import Any

import httpx

from libs.common.database import PLATFORM
from services.premium import data
from tests.kit import hearing
from tests.kit.running import Running

from . import given

_buyers = count(7_000_000)


BUYER_STATE = "buyers.buyer.state.v1"


def buyer(**changes: object) -> dict[str, Any]:
    """A buyer nobody has told of yet, as the register tells it."""
    return {
        "buyer_code": f"{next(_buyers)}",
        "name": "SIAM COAST TRADING CO., LTD.",
        "country": "TH",
        "country_code": given.THAILAND,
        "kind": "BUYER",
        "rating": "EF",
        "active": True,
        "sample": True,
    } | changes


async def buyer_told(service: Running, **changes: object) -> str:
    """Premium has heard of a buyer, which is reference data; gives its code."""
    fact = buyer(**changes)
    code = str(fact["buyer_code"])
    await hearing.told(service, BUYER_STATE, code, fact, PLATFORM)
    return code


def question(buyer_code: str, **changes: object) -> dict[str, Any]:
    """What a company asks about: the worked example of the leaflet, under its agreement."""
    return {
        "agreement_code": given.AGREEMENT,
        "buyer_code": buyer_code,
        "contract_date": "2026-04-01",
        "last_shipment_date": "2026-05-31",
        "currency": "JPY",
        "pre_shipment_amount": "10000000",
        "post_shipment_amount": "10000000",
        "destination_country": given.THAILAND,
        "payment_country": given.THAILAND,
        "settlements": [{"settlement_method": "20", "usance_unit": "2", "usance_period": "90"}],
    } | changes


async def estimate(service: Running, asked: dict[str, Any]) -> httpx.Response:
    """A company asks what a contract would cost."""
    headers = service.caller("estimates:write") | given.key()
    return await service.client.post("/v1/estimates", json=asked, headers=headers)


async def the_ratings(service: Running) -> None:
    """Staff have published the shipped table of ratings, if nobody did before."""
    answer = await given.published(service, "ratings", **data.code_table_publications()["ratings"])
    assert answer.status_code in {201, 428}, answer.text
