"""Lateness (申込遅滞): kept with the contract, counted by agreement, told when it is final."""

import json
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


async def test_late_contracts_are_listed_by_how_late_they_came(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given contracts in time and late, when one degree or two are asked for, then those come."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    _, late, very_late, significantly = await _applied(
        holder, IN_TIME, LATE, VERY_LATE, SIGNIFICANTLY
    )

    [one] = await _listed(holder, "ledger-contracts", lateness="SIGNIFICANT_DELAY")
    two = await _listed(holder, "ledger-contracts", lateness=["LATE", "EXPLANATION_WANTED"])

    assert one == significantly["policy_number"]
    assert two == [late["policy_number"], very_late["policy_number"]]
    answer = await holder.gets("ledger-contracts", lateness="NEVER")
    then.refused(answer, 422, "validation-failed")


async def test_contracts_are_listed_by_the_day_they_came(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given contracts of two days, when days are asked for, then the first and last count."""
    holder = await rounds.holder(ledger)
    clock_at(TUESDAY)
    [early] = await holder.applies()
    clock_at(WEDNESDAY)
    [later] = await holder.applies()

    assert await _listed(holder, "ledger-contracts", received_on_from="2026-08-26") == [later]
    assert await _listed(holder, "ledger-contracts", received_on_to="2026-08-25") == [early]
    both = {"received_on_from": "2026-08-25", "received_on_to": "2026-08-26"}
    assert await _listed(holder, "ledger-contracts", **both) == [early, later]


async def test_lines_of_ledgers_say_how_late_and_are_listed_by_it(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given late contracts and a refused row, when shown and final, then lines tell lateness."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    _, significantly = await _applied(holder, IN_TIME, SIGNIFICANTLY)
    await holder.sends({"contract_date": SIGNIFICANTLY, "payer_code": "9999999"})
    clock_at(WEDNESDAY)
    shown = await holder.is_shown()
    clock_at(MONTH_END)
    closed = await holder.is_closed("2026-08")

    told = [it["lateness"] for it in await holder.lines(shown)]
    assert told == [None, "SIGNIFICANT_DELAY", None]
    late = [significantly["policy_number"]]
    checked, fixed = f"check-ledgers/{shown['id']}/lines", f"fixed-ledgers/{closed['id']}/lines"
    assert await _listed(holder, checked, lateness="SIGNIFICANT_DELAY") == late
    assert await _listed(holder, fixed, lateness="SIGNIFICANT_DELAY") == late
    assert await _listed(holder, fixed, lateness="LATE") == []
    export = await holder.gets(f"fixed-ledgers/{closed['id']}/export", format="jsonl")
    told = [json.loads(line)["lateness"] for line in export.text.splitlines()]
    assert told == [None, "SIGNIFICANT_DELAY"]


async def _listed(holder: Holder, path: str, **wanted: Any) -> list[str]:
    """The policies of a list that is filtered, in their order."""
    found = await holder.reads(path, **wanted)
    return sorted(it["policy_number"] for it in found["items"])


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
