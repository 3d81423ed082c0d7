"""A contract through its rounds: corrected before it is final, changed and corrected after."""

from typing import Any

from tests.kit import hearing
from tests.kit.running import Running
from tests.ledger import given, rounds
from tests.ledger.domain import changing
from tests.ledger.entering import Desk, applied
from tests.ledger.rounds import REASON, Holder, MoveClock

TUESDAY = "2026-08-25T10:15:00"
WEDNESDAY = "2026-08-26T09:00:00"
THURSDAY = "2026-08-27T09:00:00"
FRIDAY = "2026-08-28T09:00:00"
MONTH_END = "2026-08-31T09:00:00"
SEPTEMBER_10 = "2026-09-10T09:00:00"
SEPTEMBER_16 = "2026-09-16T09:00:00"
SEPTEMBER_30 = "2026-09-30T09:00:00"


async def _shown(ledger: Running, clock_at: MoveClock) -> tuple[Holder, dict[str, Any], str]:
    """A holder's contract is on a check ledger."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    [number] = await holder.applies(pre_shipment_amount="250000.00")
    clock_at(WEDNESDAY)
    return holder, await holder.is_shown(), number


async def _final(ledger: Running, clock_at: MoveClock) -> tuple[Holder, dict[str, Any], str]:
    """A holder's contract is on a fixed ledger, whose invoice has not come."""
    holder, _, number = await _shown(ledger, clock_at)
    clock_at(MONTH_END)
    return holder, await holder.is_closed("2026-08"), number


async def _invoiced(holder: Holder, closed: dict[str, Any]) -> None:
    """The invoice of a fixed ledger is heard."""
    invoice = {
        "invoice_id": f"invoice_of_{closed['id']}",
        "invoice_number": "26-000001",
        "fixed_ledger_id": closed["id"],
        "issued_on": closed["published_on"],
    }
    kind, key = "premium.invoice.issued.v1", invoice["invoice_id"]
    await hearing.told(holder.service, kind, key, invoice, holder.code)


async def _closed_lines(holder: Holder, ledger: dict[str, Any]) -> list[tuple[str, int]]:
    lines = (await holder.reads(f"fixed-ledgers/{ledger['id']}/lines"))["items"]
    return [(it["history_number"], it["revision"]) for it in lines]


async def test_a_correction_clears_a_mark(ledger: Running, clock_at: MoveClock) -> None:
    """Given a marked line, when it is corrected, then its next revision is OK, and final."""
    holder, first, number = await _shown(ledger, clock_at)
    [line] = await holder.lines(first)
    await holder.staff(f"check-ledger-lines/{line['id']}/mark", **REASON)
    clock_at(THURSDAY)

    corrected = await holder.asks(number, changing.correction())
    clock_at(FRIDAY)
    second = await holder.is_shown()
    late = await holder.staff(f"check-ledger-lines/{line['id']}/unmark", **REASON)
    clock_at(MONTH_END)
    closed = await holder.is_closed("2026-08")

    assert corrected["accepted_count"] == 1, corrected
    assert (second["line_count"], second["marked_count"]) == (1, 0)
    [shown] = await holder.lines(second)
    assert (shown["history_number"], shown["revision"], shown["mark"]) == ("00", 1, None)
    # The ledger of that day goes on showing what was wrong then.
    [as_it_was] = await holder.lines(first)
    assert (as_it_was["revision"], as_it_was["mark"]["kind"]) == (0, "STAFF")
    assert late.json()["reason"] == "not-pending"
    assert await _closed_lines(holder, closed) == [("00", 1)]


async def test_what_was_cancelled_is_on_no_further_ledger(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a doubled application, when it is cancelled, then the month's end leaves it out."""
    holder, _, number = await _shown(ledger, clock_at)
    clock_at(THURSDAY)

    cancelled = await holder.asks(number, changing.cancellation())
    clock_at(MONTH_END)
    closed = await holder.staff(
        "fixed-ledgers", agreement_code=holder.agreement_code, month="2026-08"
    )

    assert cancelled["accepted_count"] == 1, cancelled
    assert closed.json()["reason"] == "nothing-to-publish"
    assert await holder.status(number) == "CANCELLED"


async def test_a_change_goes_through_a_round_of_its_own(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a final contract, when it changes, then its next history is checked and final, too."""
    holder, closed, number = await _final(ledger, clock_at)
    await _invoiced(holder, closed)
    clock_at(SEPTEMBER_10)

    changed = await holder.asks(number, changing.change())
    clock_at(SEPTEMBER_16)
    shown = await holder.is_shown()
    clock_at(SEPTEMBER_30)
    second = await holder.is_closed("2026-09")

    assert changed["accepted_count"] == 1, changed
    assert [it["history_number"] for it in await holder.lines(shown)] == ["01"]
    assert await _closed_lines(holder, second) == [("01", 0)]
    assert await holder.status(number) == "IN_FORCE"


async def test_until_its_invoice_comes_a_final_contract_is_not_corrected(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a final contract, when corrected before and after its invoice, then only after."""
    holder, closed, number = await _final(ledger, clock_at)
    clock_at(SEPTEMBER_10)

    early = await holder.asks(number, changing.correction("3"))
    found = await given.findings(ledger, early["id"], holder.code)
    await _invoiced(holder, closed)
    corrected = await holder.asks(number, changing.correction("3"))

    assert early["accepted_count"] == 0
    assert "awaiting-invoice" in {it["code"] for it in found}
    assert corrected["accepted_count"] == 1, corrected
    clock_at(SEPTEMBER_16)
    shown = await holder.is_shown()
    assert [it["revision"] for it in await holder.lines(shown, kind="CONTRACT")] == [1]
    clock_at(SEPTEMBER_30)
    assert await _closed_lines(holder, await holder.is_closed("2026-09")) == [("00", 1)]


async def test_what_came_by_hand_goes_through_the_same_rounds(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given rows by hand of Tuesday and today, when a month goes by, then Tuesday's is final."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    tuesday = await _entered(holder, "000001", "2026-08-25")
    clock_at(WEDNESDAY)
    await _entered(holder, "000002", "2026-08-26")

    shown = await holder.is_shown()
    clock_at(MONTH_END)
    closed = await holder.is_closed("2026-08")

    assert [it["policy_number"] for it in await holder.lines(shown)] == [tuesday]
    assert await _closed_lines(holder, closed) == [("00", 0)]
    assert await holder.status(tuesday) == "IN_FORCE"


async def _entered(holder: Holder, serial: str, day: str) -> str:
    """A contract is applied for by hand; gives its policy number."""
    number = f"{holder.office}{holder.agreement_code}26{serial}"
    own = {"policy_number": number, "applicant_code": holder.code, "application_date": day}
    await applied(Desk(holder.service, holder.code), **own)
    return number
