"""Contracts in two times: whatever is asked of them, each day and moment has one answer."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ledger import tables
from services.ledger.actions.applying import store_changes
from services.ledger.domain.layout import EVERY_SLOT
from services.ledger.domain.states import SCHEMA
from services.ledger.domain.telling import settlements
from services.ledger.queries.changes import lock_contracts
from services.ledger.queries.contracts import branches
from services.ledger.queries.states import states_of
from tests.kit.running import Running
from tests.ledger import given as so
from tests.ledger.bitemporal import Memory, Request, State, results_of
from tests.ledger.hostile import TOTO

CONCLUDED = date(2026, 7, 18)

days = st.integers(-40, 120).map(lambda offset: CONCLUDED + timedelta(days=offset))
requests = st.builds(
    Request,
    kind=st.sampled_from(["change", "change", "split", "correct", "cancel"]),
    choice=st.integers(0, 7),
    day=days,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests, min_size=1, max_size=7))
async def test_every_day_and_every_moment_have_one_answer(
    ledger: Running, wishes: list[Request]
) -> None:
    """Given any row of changes, when any day is asked at any moment, then one answer is told."""
    number = await so.contract(ledger)
    async with ledger.databases.tenant(TOTO) as tx:
        [first] = await _rows(tx, number)
        memory = Memory(State("00", first["valid_from"], 250_000), first["known_from"])

        for principal, wish in enumerate(wishes, 1):
            await _carry_out(tx, number, memory, wish, principal)

        await _compare(tx, number, memory, [CONCLUDED, *(wish.day for wish in wishes)])


async def test_two_who_change_one_contract_are_judged_in_turn(ledger: Running) -> None:
    """Given a contract, when four correct it at once, then each corrects what another left."""
    number = await so.contract(ledger)

    await asyncio.gather(*(_correct(ledger, number) for _ in range(4)))

    async with ledger.databases.tenant(TOTO) as tx:
        rows = await _rows(tx, number)
    assert sorted(it["revision"] for it in rows) == [0, 1, 2, 3, 4]
    [known] = [it for it in rows if it["known_to"] is None]
    assert (known["revision"], known["valid_to"]) == (4, None)


async def _correct(ledger: Running, number: str) -> None:
    async with ledger.databases.tenant(TOTO) as tx:
        at = await lock_contracts(tx, [number])
        known = await states_of(tx, pl.Series([number]))
        revision = known["revision"].item() + 1
        state = State("00", known["valid_from"].item(), 1, revision)
        await store_changes(tx, _frame(known, {"00": state}), at)


async def _carry_out(
    tx: AsyncSession, number: str, memory: Memory, wish: Request, principal: int
) -> None:
    results = results_of(wish, memory.now, principal)
    if not results:
        return
    at = await lock_contracts(tx, [number])
    before = await _rows(tx, number)
    known = await states_of(tx, pl.Series([number]))

    await store_changes(tx, _frame(known, results), at)

    memory.learn(results, at)
    _then_nothing_was_overwritten(before, await _rows(tx, number), at)


def _frame(known: pl.DataFrame, results: dict[str, State]) -> pl.DataFrame:
    like = known.head(1)
    rows = [
        like.with_columns(
            pl.lit(state.principal).cast(SCHEMA["contract_principal"]).alias("contract_principal"),
            branch_number=pl.lit(branch),
            history_number=pl.lit(state.history_number),
            revision=pl.lit(state.revision, pl.Int16),
            status=pl.lit(state.status),
            valid_from=pl.lit(state.valid_from),
        )
        for branch, state in results.items()
    ]
    return pl.concat(rows).with_columns(
        settlements(EVERY_SLOT),
        row=pl.lit(1),
        significant_items=pl.lit([6], pl.List(pl.Int64)),
        notify_by=pl.lit(None, pl.Date),
        late_notification=pl.lit(value=False),
    )


def _then_nothing_was_overwritten(
    before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], at: datetime
) -> None:
    kept = {_key(row): row for row in after}
    for row in before:
        assert kept[_key(row)] in (row, row | {"known_to": at})


async def _compare(tx: AsyncSession, number: str, memory: Memory, asked: Sequence[date]) -> None:
    rows = await _rows(tx, number)
    for moment, _ in memory.beliefs:
        for day in asked:
            holding = [it["branch_number"] for it in rows if _holds(it, day, moment)]
            assert len(holding) == len({*holding}), (day, moment)
            expected = memory.answer(day, moment)
            found = await branches(tx, number, day, moment) if expected else []
            assert {it.branch_number: _state(it) for it in found} == expected, (day, moment)


def _holds(row: dict[str, Any], day: date, moment: datetime) -> bool:
    if row["status"] == "CANCELLED" or not row["known_from"] <= moment:
        return False
    is_known = row["known_to"] is None or moment < row["known_to"]
    return is_known and bool(row["valid_from"] <= day < (row["valid_to"] or date.max))


def _state(row: tables.ContractHistory) -> State:
    return State(
        row.history_number, row.valid_from, int(row.contract_principal), row.revision, row.status
    )


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["branch_number"], row["history_number"], row["known_from"]


async def _rows(tx: AsyncSession, number: str) -> list[dict[str, Any]]:
    table = tables.ContractHistory.__table__
    every = select(table).where(table.c.policy_number == number)
    return [dict(row) for row in (await tx.execute(every)).mappings()]
