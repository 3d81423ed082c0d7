"""Contracts use buyers: who was used last, by whom, under which policy."""

import asyncio
from datetime import date
from itertools import count
from typing import Any

import pytest

from services.buyers import tables
from services.buyers.actions.uses import note_uses
from services.buyers.domain.rating import Rating
from tests.buyers import given
from tests.kit import hearing
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

FACT = "ledger.contracts.applied.v1"
OTHER = "061007700"
_buckets = (str(number) for number in count(100))


def applied(payer: str, on: str = "2026-08-25", **others: str) -> dict[str, Any]:
    """A contract with this payer has been applied for."""
    history = {
        "policy_number": "1020010035726000001",
        "received_on": on,
        "payer_code": payer,
        "guarantor_code": None,
        "sales_counterparty_code": payer,
    }
    return {"bucket": 1, "histories": [history | others]}


async def last_use(service: Running, buyer_code: str, tenant: str = TENANT) -> str | None:
    """When a policyholder last used a buyer, as it is told."""
    headers = service.caller("buyers:read", tenant=tenant)
    answer = await service.client.get(f"/v1/buyers/{buyer_code}", headers=headers)
    day: str | None = answer.json()["last_used_on"]
    return day


async def test_a_contract_uses_payer_counterparty_and_guarantor(buyers: Running) -> None:
    """Given three parties, when a contract names them, then each was used that day."""
    payer, seller, bank = [await given.buyer(buyers) for _ in range(3)]
    fact = applied(payer, sales_counterparty_code=seller, guarantor_code=bank)

    await hearing.told(buyers, FACT, next(_buckets), fact)

    assert [await last_use(buyers, it) for it in (payer, seller, bank)] == ["2026-08-25"] * 3


async def test_a_use_told_twice_is_one_use(buyers: Running) -> None:
    """Given a fact that was handled, when it comes again, then nothing changes."""
    buyer = await given.buyer(buyers)
    fact = await hearing.told(buyers, FACT, next(_buckets), applied(buyer))

    await hearing.told_again(buyers, fact)

    assert await last_use(buyers, buyer) == "2026-08-25"


async def test_an_older_contract_does_not_turn_back_the_last_use(buyers: Running) -> None:
    """Given a use in August, when a contract of July is heard later, then August stays."""
    buyer = await given.buyer(buyers)
    await hearing.told(buyers, FACT, next(_buckets), applied(buyer))

    await hearing.told(buyers, FACT, next(_buckets), applied(buyer, on="2026-07-01"))

    assert await last_use(buyers, buyer) == "2026-08-25"


@pytest.mark.parametrize("order", [("1", "2", "3"), ("3", "1", "2")])
async def test_of_one_days_uses_the_last_number_stays(
    buyers: Running, order: tuple[str, ...]
) -> None:
    """Given three contracts of one day, when heard in any order, then one of them is the use."""
    buyer = await given.buyer(buyers)

    for digit in order:
        fact = applied(buyer, policy_number=f"102001003572600000{digit}")
        await hearing.told(buyers, FACT, next(_buckets), fact)

    async with buyers.databases.tenant(TENANT) as tx:
        use = await tx.get_one(tables.BuyerUse, (TENANT, buyer))
    assert use.policy_number == "1020010035726000003"


async def test_each_policyholder_sees_its_own_use(buyers: Running) -> None:
    """Given a buyer one company has used, when another reads it, then it has no use of it."""
    buyer = await given.buyer(buyers)

    await hearing.told(buyers, FACT, next(_buckets), applied(buyer))

    assert await last_use(buyers, buyer) == "2026-08-25"
    assert await last_use(buyers, buyer, OTHER) is None


async def test_rivals_noting_many_uses_wait_for_each_other(buyers: Running) -> None:
    """Given fifty buyers, when four batches note them at once, then all end with the last day."""
    codes = [given.code() for _ in range(50)]

    async def note(day: int) -> None:
        # Each batch names the buyers in another order.
        turned = codes[day * 10 :] + codes[: day * 10]
        async with buyers.databases.tenant(TENANT) as tx:
            await note_uses(tx, {code: (date(2026, 8, day), "1" * 19) for code in turned})

    await asyncio.gather(*(note(day) for day in range(1, 5)))

    async with buyers.databases.tenant(TENANT) as tx:
        found = [await tx.get(tables.BuyerUse, (TENANT, code)) for code in codes]
    assert {use.last_used_on for use in found if use} == {date(2026, 8, 4)}


@pytest.mark.parametrize(
    ("rating", "failed"),
    [(Rating.EA, False), (Rating.GS, False), (Rating.ER, True), (Rating.GB, True)],
)
def test_remarks_and_claims_are_accident_classes(rating: Rating, *, failed: bool) -> None:
    """Given a rating, when its second letter is R or B, then the buyer has failed to pay."""
    assert rating.is_accident_class is failed
