"""Lateness (申込遅滞): kept with the contract, counted by agreement, told when it is final."""

from itertools import pairwise
from typing import Any

import pytest

from tests.kit import then
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.rounds import Holder, MoveClock

TUESDAY = "2026-08-25T10:15:00"
WEDNESDAY = "2026-08-26T09:00:00"
MONTH_END = "2026-08-31T09:00:00"
IN_TIME, LATE, VERY_LATE, SIGNIFICANTLY = "260718", "260630", "260624", "260425"


async def _applied(holder: Holder, *contract_dates: str) -> list[dict[str, Any]]:
    """Contracts of these days are applied for in one file; gives them as they are read."""
    upload, numbers = await holder.sends(*({"contract_date": day} for day in contract_dates))
    assert upload["accepted_count"] == len(numbers), upload
    return [await holder.reads(f"ledger-contracts/{number}") for number in numbers]


async def test_a_contract_says_how_late_it_came(ledger: Running, clock_at: MoveClock) -> None:
    """Given applications of four degrees of lateness, when they are read, then each says so."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)

    contracts = await _applied(holder, IN_TIME, LATE, VERY_LATE, SIGNIFICANTLY)

    assert [(it["lateness"], it["delay_number"]) for it in contracts] == [
        (None, None),
        ("LATE", None),
        ("EXPLANATION_WANTED", None),
        ("SIGNIFICANT_DELAY", 1),
    ]


async def test_delays_are_numbered_by_row_whichever_part_comes_first(
    ledger: Running, clock_at: MoveClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given late contracts in many parts and files, when numbered, then as they were received."""
    monkeypatch.setattr("services.ledger.actions.parts.ROWS_IN_A_PART", 1)
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)

    contracts = await _applied(holder, *[SIGNIFICANTLY] * 6)
    contracts += await _applied(holder, *[SIGNIFICANTLY] * 2)

    numbers = [it["delay_number"] for it in contracts]
    assert numbers == list(range(1, 9))
    assert all(one["policy_number"] < other["policy_number"] for one, other in pairwise(contracts))


async def test_the_third_delay_is_told_to_those_who_invoice(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given four significant delays and a good one, when final, then the last two are told."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await _applied(holder, SIGNIFICANTLY, IN_TIME, *[SIGNIFICANTLY] * 3)
    clock_at(WEDNESDAY)
    await holder.is_shown()
    clock_at(MONTH_END)

    closed = await holder.is_closed("2026-08")

    [(_, listed), _] = await then.told(ledger, closed["id"], holder.code)
    assert [it["late_surcharge"] for it in listed["lines"]] == [False, False, False, True, True]
