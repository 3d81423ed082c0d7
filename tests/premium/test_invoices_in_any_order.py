"""Whatever becomes final, and in whatever order it is heard: invoices come to the last premiums."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from hypothesis import given as whenever
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from services.premium import tables
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

from . import given, invoicing

A_MILLION = 1_209
"""Yen of premium for a million insured as in the worked example."""

MONTHS = ("2026-11", "2026-12", "2027-01")


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await given.agreement_told(premium)


@dataclass(frozen=True)
class Step:
    """A branch is changed or corrected to so many millions, and is final in a month or never."""

    branch: int
    corrects: bool
    millions: int
    month: int | None


STEPS = st.lists(
    st.builds(
        Step,
        branch=st.integers(0, 2),
        corrects=st.booleans(),
        millions=st.integers(0, 30),
        month=st.none() | st.integers(0, len(MONTHS) - 1),
    ),
    min_size=1,
    max_size=8,
)


def story(steps: list[Step]) -> list[tuple[Step, dict[str, Any]]]:
    """Each step with the revision it leads to, as the ledger tells it."""
    policy = given.policy_number()
    now: dict[int, tuple[int, int]] = {}
    told = []
    for step in steps:
        history, revision = now.get(step.branch, (-1, 0))
        corrects = step.corrects and history >= 0
        now[step.branch] = (history, revision + 1) if corrects else (history + 1, 0)
        number, revision = now[step.branch]
        millions = f"{step.millions}000000"
        place = {"history_number": f"{number:02d}", "revision": revision}
        amounts = dict.fromkeys(("pre_shipment_amount", "post_shipment_amount"), millions)
        branch = {"branch_number": f"{step.branch:02d}"}
        told.append((step, given.applied(policy, **branch, **place, **amounts)))
    return told


def owed(told: list[tuple[Step, dict[str, Any]]]) -> int:
    """The premiums of each branch's last state that became final."""
    last = {step.branch: step.millions for step, _ in told if step.month is not None}
    return sum(last.values()) * A_MILLION


async def asked(premium: Running, ledgers: list[invoicing.FixedLedger]) -> tuple[int, int]:
    """How many of the ledgers are invoiced, and what they come to."""
    row = tables.Invoice
    mine = row.fixed_ledger_id.in_([ledger.fixed_ledger_id for ledger in ledgers])
    issued = select(func.count(), func.sum(row.total)).where(mine, row.status == "ISSUED")
    async with premium.databases.tenant(TENANT) as tx:
        count, total = (await tx.execute(issued)).one()
        return count, int(total or 0)


@settings(max_examples=25)
@whenever(steps=STEPS, data=st.data())
async def test_together_invoices_ask_for_the_last_premiums(
    premium: Running, steps: list[Step], data: st.DataObject
) -> None:
    """Given any steps of any branches, when they are heard in any order, then no yen is lost."""
    told = story(steps)
    ledgers = [
        invoicing.fixed_ledger(*(it for step, it in told if step.month == n), month=month)
        for n, month in enumerate(MONTHS)
    ]
    facts: list[Callable[[], Awaitable[Any]]] = [
        *(lambda it=it: given.contracts_applied(premium, it) for _, it in told),
        *(lambda it=it: invoicing.listed(premium, it) for it in ledgers),
        *(lambda it=it: invoicing.published_ledger(premium, it) for it in ledgers),
    ]

    for tell in data.draw(st.permutations(facts)):
        await tell()

    assert await asked(premium, ledgers) == (len(MONTHS), owed(told))
