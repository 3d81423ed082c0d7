"""Invoices whose last premiums and ledgers come at the same moment: none is missed or doubled."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.premium.consumers import inbox
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

from . import given, invoicing
from .invoicing import ONE

WAITS_FOR_US = text("""
SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
""")


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await given.agreement_told(premium)


async def hear(tx: AsyncSession, kind: str, data: dict[str, Any]) -> None:
    """Premium hears a fact in a transaction that is not over yet."""
    handler = inbox.handlers[kind]
    await handler.act(tx, handler.fact.model_validate(data))


async def blocked(tx: AsyncSession, rival: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
    """Begin a rival, and come back when it waits for what this transaction holds."""
    task = asyncio.create_task(rival)
    while not await tx.scalar(WAITS_FOR_US):
        assert not task.done()
    return task


async def test_of_two_last_premiums_the_second_issues(premium: Running) -> None:
    """Given two workers that make the last two premiums at once, then neither is overlooked."""
    first, second = (given.applied(given.policy_number()) for _ in range(2))
    ledger = await invoicing.finalised(premium, first, second)

    async with premium.databases.tenant(TENANT) as tx:
        await hear(tx, "ledger.contracts.applied.v1", {"bucket": 5, "histories": [first]})
        rival = await blocked(tx, given.contracts_applied(premium, second, bucket=6))
    await rival

    assert await invoicing.asked(premium, ledger) == [ONE, ONE]
    assert len(await invoicing.told(premium, ledger)) == 1


async def test_a_ledger_waits_for_a_premium_under_way(premium: Running) -> None:
    """Given a premium that is being made, when its ledger is published, then it is not missed."""
    history = given.applied(given.policy_number())
    ledger = invoicing.fixed_ledger(history)
    await invoicing.listed(premium, ledger)

    async with premium.databases.tenant(TENANT) as tx:
        await hear(tx, "ledger.contracts.applied.v1", {"bucket": 5, "histories": [history]})
        rival = await blocked(tx, invoicing.published_ledger(premium, ledger))
    await rival

    assert await invoicing.asked(premium, ledger) == [ONE]


async def test_a_premium_waits_for_a_ledger_under_way(premium: Running) -> None:
    """Given a ledger that is being published, when its premium is made, then it is invoiced."""
    history = given.applied(given.policy_number())
    ledger = invoicing.fixed_ledger(history)
    await invoicing.listed(premium, ledger)

    async with premium.databases.tenant(TENANT) as tx:
        await hear(tx, "ledger.fixed_ledger.published.v1", ledger.published())
        rival = await blocked(tx, given.contracts_applied(premium, history))
    await rival

    assert await invoicing.asked(premium, ledger) == [ONE]


async def test_two_ledgers_of_one_branch_are_not_asked_for_twice(premium: Running) -> None:
    """Given two ledgers that wait for one premium each, when both are made, then one is due."""
    first = given.applied(given.policy_number())
    corrected = first | invoicing.amounts(15) | {"revision": 1}
    earlier = await invoicing.finalised(premium, first)
    later = await invoicing.finalised(premium, corrected, month="2026-12")

    await asyncio.gather(
        given.contracts_applied(premium, first, bucket=5),
        given.contracts_applied(premium, corrected, bucket=6),
    )

    [one], [two] = await invoicing.asked(premium, earlier), await invoicing.asked(premium, later)
    assert (one or 0) + (two or 0) == ONE * 3 // 2
