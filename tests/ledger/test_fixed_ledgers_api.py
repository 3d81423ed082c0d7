"""Fixed ledgers over HTTP: what was checked becomes final, is told in full, and is invoiced."""

import asyncio

import pytest

from services.ledger import events
from tests.kit import hearing, then
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.rounds import Holder, MoveClock

TUESDAY = "2026-08-25T10:15:00"
WEDNESDAY = "2026-08-26T09:00:00"
MONTH_END = "2026-08-31T09:00:00"


async def _shown(
    ledger: Running, clock_at: MoveClock, how_many: int = 1
) -> tuple[Holder, list[str]]:
    """A holder's contracts are on a check ledger, and the month ends."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    numbers = await holder.applies(how_many)
    clock_at(WEDNESDAY)
    await holder.is_shown()
    clock_at(MONTH_END)
    return holder, numbers


async def test_what_was_checked_becomes_final(ledger: Running, clock_at: MoveClock) -> None:
    """Given contracts on a check ledger, when the month ends, then they are in force."""
    holder, numbers = await _shown(ledger, clock_at, 2)
    assert [await holder.status(number) for number in numbers] == ["APPLIED"] * 2

    closed = await holder.is_closed("2026-08")

    assert (closed["month"], closed["published_on"]) == ("2026-08", "2026-08-31")
    assert (closed["line_count"], closed["invoice_id"]) == (2, None)
    lines = (await holder.reads(f"fixed-ledgers/{closed['id']}/lines"))["items"]
    assert lines == [
        {
            "line": line,
            "policy_number": number,
            "branch_number": "00",
            "history_number": "00",
            "revision": 0,
            "lateness": None,
        }
        for line, number in enumerate(numbers, 1)
    ]
    assert [await holder.status(number) for number in numbers] == ["IN_FORCE"] * 2
    contract = await holder.reads(f"ledger-contracts/{numbers[0]}")
    assert contract["version"] == 2


async def test_what_nobody_was_shown_waits(ledger: Running, clock_at: MoveClock) -> None:
    """Given a contract on no check ledger, when the month ends, then it is not final."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    [number] = await holder.applies()
    clock_at(MONTH_END)

    answer = await holder.staff(
        "fixed-ledgers", agreement_code=holder.agreement_code, month="2026-08"
    )

    then.refused(answer, 409, "state-conflict", "nothing-to-publish")
    assert await holder.status(number) == "APPLIED"


async def test_what_is_final_comes_neither_on_another_ledger_nor_to_be_checked(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a final contract, when the cycle goes on, then no ledger shows it again."""
    holder, _ = await _shown(ledger, clock_at)
    await holder.is_closed("2026-08")
    clock_at("2026-09-30T09:00:00")

    checked = await holder.staff("check-ledgers", agreement_code=holder.agreement_code)
    closed = await holder.staff(
        "fixed-ledgers", agreement_code=holder.agreement_code, month="2026-09"
    )

    then.refused(checked, 409, "state-conflict", "nothing-to-publish")
    then.refused(closed, 409, "state-conflict", "nothing-to-publish")


async def test_of_one_month_there_is_one_ledger(ledger: Running, clock_at: MoveClock) -> None:
    """Given checked contracts, when three close the month at once, then it is closed once."""
    holder, numbers = await _shown(ledger, clock_at, 3)

    twins = await asyncio.gather(*(holder.is_closed("2026-08") for _ in range(3)))

    assert {it["id"] for it in twins} == {twins[0]["id"]}
    told = await then.told(ledger, twins[0]["id"], holder.code)
    assert [kind for kind, _ in told] == [
        "ledger.fixed_ledger.listed.v1",
        "ledger.fixed_ledger.published.v1",
    ]
    versions = [(await holder.reads(f"ledger-contracts/{it}"))["version"] for it in numbers]
    assert versions == [2, 2, 2]


async def test_every_line_is_told_before_the_ledger_is(
    ledger: Running, clock_at: MoveClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given five lines, two to a fact, when closed, then three lists are told, then the ledger."""
    monkeypatch.setattr(events, "LINES_IN_A_FACT", 2)
    monkeypatch.setattr("services.ledger.queries.fixed_ledgers.LINES_IN_A_FACT", 2)
    monkeypatch.setattr("services.ledger.actions.fixed_ledgers._FACTS_AT_ONCE", 2)
    holder, numbers = await _shown(ledger, clock_at, 5)

    closed = await holder.is_closed("2026-08")

    *lists, (kind, published) = await then.told(ledger, closed["id"], holder.code)
    assert [it["fixed_ledger_id"] for _, it in lists] == [closed["id"]] * 3
    assert [[line["line"] for line in it["lines"]] for _, it in lists] == [[1, 2], [3, 4], [5]]
    told = [line for _, it in lists for line in it["lines"]]
    assert [line["policy_number"] for line in told] == numbers
    assert told[0] == {
        "line": 1,
        "policy_number": numbers[0],
        "branch_number": "00",
        "history_number": "00",
        "revision": 0,
        "late_surcharge": False,
    }
    assert (kind, published) == (
        "ledger.fixed_ledger.published.v1",
        {
            "fixed_ledger_id": closed["id"],
            "agreement_code": holder.agreement_code,
            "policyholder_code": holder.code,
            "month": "2026-08",
            "published_on": "2026-08-31",
            "line_count": 5,
        },
    )


async def test_a_month_to_come_is_not_closed(ledger: Running, clock_at: MoveClock) -> None:
    """Given the 31st of August, when September is closed, then that is refused."""
    holder, _ = await _shown(ledger, clock_at)

    answer = await holder.staff(
        "fixed-ledgers", agreement_code=holder.agreement_code, month="2026-09"
    )

    then.refused(answer, 409, "state-conflict", "month-has-not-begun")


async def test_its_invoice_is_noted_once(ledger: Running, clock_at: MoveClock) -> None:
    """Given a fixed ledger, when its invoice is told, twice, then it is named there, once."""
    holder, [number] = await _shown(ledger, clock_at)
    closed = await holder.is_closed("2026-08")
    invoice = {
        "invoice_id": "invoice_01",
        "invoice_number": "26-000123",
        "fixed_ledger_id": closed["id"],
        "issued_on": "2026-08-31",
    }

    kind = "premium.invoice.issued.v1"
    fact = await hearing.told(ledger, kind, "invoice_01", invoice, holder.code)
    await hearing.told_again(ledger, fact)
    second = invoice | {"invoice_id": "invoice_02", "invoice_number": "26-000124"}
    await hearing.told(ledger, kind, "invoice_02", second, holder.code)

    noted = await holder.reads(f"fixed-ledgers/{closed['id']}")
    assert (noted["invoice_id"], noted["invoice_number"]) == ("invoice_01", "26-000123")
    assert (noted["invoiced_on"], noted["version"]) == ("2026-08-31", 2)
    contract = await holder.reads(f"ledger-contracts/{number}")
    assert (contract["branches"][0]["invoiced_on"], contract["version"]) == ("2026-08-31", 3)


async def test_another_policyholders_ledger_is_not_found(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a fixed ledger, when another policyholder reads it, then it is not there."""
    holder, _ = await _shown(ledger, clock_at)
    closed = await holder.is_closed("2026-08")
    stranger = await rounds.holder(ledger)
    path = f"fixed-ledgers/{closed['id']}"

    answers = [await stranger.gets(it) for it in (path, f"{path}/lines", f"{path}/export")]
    wrong = await stranger.staff(
        "fixed-ledgers", agreement_code=holder.agreement_code, month="2026-08"
    )

    for answer in answers:
        then.refused(answer, 404, "not-found", "fixed-ledger-not-found")
    then.refused(wrong, 404, "not-found", "agreement-not-found")


async def test_ledgers_are_found_by_month_and_day(ledger: Running, clock_at: MoveClock) -> None:
    """Given two months, when ledgers are filtered, then each is found by its own."""
    holder, _ = await _shown(ledger, clock_at)
    august = await holder.is_closed("2026-08")
    await holder.applies()
    clock_at("2026-09-02T09:00:00")
    await holder.is_shown()
    september = await holder.is_closed("2026-09")

    async def found(**params: str) -> list[str]:
        return [it["id"] for it in (await holder.reads("fixed-ledgers", **params))["items"]]

    assert await found(sort="month") == [august["id"], september["id"]]
    assert await found(month="2026-09") == [september["id"]]
    assert await found(published_on_to="2026-08-31") == [august["id"]]
    assert await found(published_on_from="2026-09-01") == [september["id"]]
    assert await found(updated_at_from="2026-09-01T00:00:00Z") == [september["id"]]
    assert await found(agreement_code="999999999") == []
