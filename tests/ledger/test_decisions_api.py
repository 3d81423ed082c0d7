"""What staff decide before the month ends: lines are marked, policies are held, and let go."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from services.ledger import tables
from tests.kit import then
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.rounds import REASON, Holder, MoveClock

TUESDAY = "2026-08-25T10:15:00"
WEDNESDAY = "2026-08-26T09:00:00"
MONTH_END = "2026-08-31T09:00:00"
NEXT_WEDNESDAY = "2026-09-02T09:00:00"


async def _shown(
    ledger: Running, clock_at: MoveClock, how_many: int = 1
) -> tuple[Holder, dict[str, Any], list[str]]:
    """A holder's contracts are on a check ledger; gives holder, ledger, and its lines' ids."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.applies(how_many)
    clock_at(WEDNESDAY)
    published = await holder.is_shown()
    return holder, published, [it["id"] for it in await holder.lines(published)]


async def test_a_marked_line_says_why(ledger: Running, clock_at: MoveClock) -> None:
    """Given two lines, when staff mark one, then it shows the reason in both languages."""
    holder, published, [first, second] = await _shown(ledger, clock_at, 2)

    decided = await holder.staff(f"check-ledger-lines/{second}/mark", **REASON)

    assert decided.status_code == 200, decided.text
    assert (decided.json()["act"], decided.json()["revision"]) == ("MARK", 0)
    [marked] = await holder.lines(published, marked="true")
    [unmarked] = await holder.lines(published, marked="false")
    assert (marked["id"], unmarked["id"]) == (second, first)
    assert marked["mark"]["kind"] == "STAFF"
    assert (marked["mark"]["reason"], marked["mark"]["reason_en"]) == (
        REASON["reason_ja"],
        REASON["reason_en"],
    )
    again = await holder.reads(f"check-ledgers/{published['id']}")
    assert (again["marked_count"], again["version"]) == (1, 2)


async def test_a_reason_is_told_in_the_readers_language(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a marked line, when it is read in English, then so is the reason."""
    holder, published, [line] = await _shown(ledger, clock_at)
    await holder.staff(f"check-ledger-lines/{line}/mark", **REASON)
    headers = ledger.caller("check-ledgers:read", tenant=holder.code) | {"Accept-Language": "en"}

    answer = await ledger.client.get(f"/v1/check-ledgers/{published['id']}/lines", headers=headers)

    assert answer.json()["items"][0]["mark"]["reason"] == REASON["reason_en"]


async def test_a_marked_policy_does_not_become_final_and_is_shown_again(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given one marked of two, when month and week end, then it waits, and is shown once more."""
    holder, published, [_, second] = await _shown(ledger, clock_at, 2)
    await holder.staff(f"check-ledger-lines/{second}/mark", **REASON)
    marked = (await holder.lines(published, marked="true"))[0]["policy_number"]
    clock_at(MONTH_END)

    closed = await holder.is_closed("2026-08")
    clock_at(NEXT_WEDNESDAY)
    shown = await holder.is_shown()

    assert closed["line_count"] == 1
    assert await holder.status(marked) == "APPLIED"
    assert (shown["line_count"], shown["marked_count"]) == (1, 1)
    [line] = await holder.lines(shown)
    assert (line["policy_number"], line["mark"]["kind"]) == (marked, "STAFF")


async def test_a_mark_that_was_taken_back_lets_the_policy_become_final(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a marked line, when staff take the mark back, then the month's end makes it final."""
    holder, published, [line] = await _shown(ledger, clock_at)
    await holder.staff(f"check-ledger-lines/{line}/mark", **REASON)

    decided = await holder.staff(f"check-ledger-lines/{line}/unmark", **REASON)

    assert (decided.status_code, decided.json()["act"]) == (200, "UNMARK")
    again = await holder.reads(f"check-ledgers/{published['id']}")
    assert (again["marked_count"], again["version"]) == (0, 3)
    clock_at(MONTH_END)
    assert (await holder.is_closed("2026-08"))["line_count"] == 1


async def test_a_line_is_marked_once_and_unmarked_once(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given twins of each decision, when they act at once, then one of them has its way."""
    holder, published, [line] = await _shown(ledger, clock_at)

    marks = await asyncio.gather(
        *(holder.staff(f"check-ledger-lines/{line}/mark", **REASON) for _ in range(3))
    )
    unmarks = await asyncio.gather(
        *(holder.staff(f"check-ledger-lines/{line}/unmark", **REASON) for _ in range(3))
    )

    assert sorted(it.status_code for it in marks) == [200, 409, 409]
    assert sorted(it.status_code for it in unmarks) == [200, 409, 409]
    refused = next(it for it in marks if it.status_code == 409)
    then.refused(refused, 409, "state-conflict", "already-marked")
    refused = next(it for it in unmarks if it.status_code == 409)
    then.refused(refused, 409, "state-conflict", "not-marked")
    assert (await holder.reads(f"check-ledgers/{published['id']}"))["version"] == 3


async def test_what_is_final_or_was_refused_cannot_be_marked(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a final line and a refused row, when staff mark them, then both are left alone."""
    clock_at(TUESDAY)
    holder = await rounds.holder(ledger)
    await holder.sends({}, {"payer_code": "9999999"})
    clock_at(WEDNESDAY)
    stored, refused = [it["id"] for it in await holder.lines(await holder.is_shown())]
    clock_at(MONTH_END)
    await holder.is_closed("2026-08")

    final = await holder.staff(f"check-ledger-lines/{stored}/mark", **REASON)
    row = await holder.staff(f"check-ledger-lines/{refused}/mark", **REASON)

    then.refused(final, 409, "state-conflict", "not-pending")
    then.refused(row, 409, "state-conflict", "row-was-refused")


async def test_a_held_policy_waits_until_it_is_released(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a held policy, when months end, then it becomes final after its release only."""
    holder, published, _ = await _shown(ledger, clock_at)
    number = (await holder.lines(published))[0]["policy_number"]
    held = await holder.staff(f"ledger-contracts/{number}/hold", **REASON)
    twice = await holder.staff(f"ledger-contracts/{number}/hold", **REASON)
    clock_at(MONTH_END)

    kept = await holder.staff(
        "fixed-ledgers", agreement_code=holder.agreement_code, month="2026-08"
    )
    released = await holder.staff(f"ledger-contracts/{number}/release", **REASON)
    again = await holder.staff(f"ledger-contracts/{number}/release", **REASON)

    assert (held.json()["act"], held.json()["branch_number"]) == ("HOLD", None)
    then.refused(twice, 409, "state-conflict", "already-held")
    then.refused(kept, 409, "state-conflict", "nothing-to-publish")
    assert released.json()["act"] == "RELEASE"
    then.refused(again, 409, "state-conflict", "not-held")
    assert (await holder.is_closed("2026-08"))["line_count"] == 1


async def test_every_decision_is_kept_with_its_reason(ledger: Running, clock_at: MoveClock) -> None:
    """Given four decisions on a policy, when they are over, then each can still be explained."""
    holder, published, [line] = await _shown(ledger, clock_at)
    number = (await holder.lines(published))[0]["policy_number"]
    for path in (
        f"check-ledger-lines/{line}/mark",
        f"check-ledger-lines/{line}/unmark",
        f"ledger-contracts/{number}/hold",
        f"ledger-contracts/{number}/release",
    ):
        await holder.staff(path, **REASON)

    async with ledger.databases.tenant(holder.code) as tx:
        kept = (await tx.scalars(select(tables.Decision).order_by(tables.Decision.id))).all()
    assert [it.act for it in kept] == ["MARK", "UNMARK", "HOLD", "RELEASE"]
    assert {(it.reason_ja, it.reason_en) for it in kept} == {tuple(REASON.values())}
    assert {(it.policy_number, it.decided_by) for it in kept} == {(number, "client_01")}


@pytest.mark.parametrize("act", ["mark", "unmark"])
@pytest.mark.parametrize("line", ["nothing", "check_ledger_00-1", "check_ledger_00-x", "-", "1-²"])
async def test_a_line_that_is_not_there_is_not_found(ledger: Running, act: str, line: str) -> None:
    """Given no such line, when staff decide on it, then it is not found."""
    holder = await rounds.holder(ledger)

    answer = await holder.staff(f"check-ledger-lines/{line}/{act}", **REASON)

    then.refused(answer, 404, "not-found", "check-ledger-line-not-found")


async def test_staff_name_whose_policy_it_is(ledger: Running, clock_at: MoveClock) -> None:
    """Given a line and a policy, when staff name another policyholder, then nothing is found."""
    holder, published, [line] = await _shown(ledger, clock_at)
    number = (await holder.lines(published))[0]["policy_number"]
    stranger = await rounds.holder(ledger)

    marked = await stranger.staff(f"check-ledger-lines/{line}/mark", **REASON)
    held = await stranger.staff(f"ledger-contracts/{number}/hold", **REASON)
    wordless = await holder.staff(f"check-ledger-lines/{line}/mark", reason_ja="理由", reason_en="")

    then.refused(marked, 404, "not-found", "check-ledger-line-not-found")
    then.refused(held, 404, "not-found", "contract-not-found")
    then.refused(wordless, 422, "validation-failed")


async def test_a_line_is_either_marked_or_final(ledger: Running, clock_at: MoveClock) -> None:
    """Given four lines, when staff mark them while the month ends, then none is both."""
    holder, published, lines = await _shown(ledger, clock_at, 4)
    clock_at(MONTH_END)
    closing = holder.staff("fixed-ledgers", agreement_code=holder.agreement_code, month="2026-08")
    marking = [holder.staff(f"check-ledger-lines/{line}/mark", **REASON) for line in lines]

    closed, *marks = await asyncio.gather(closing, *marking)

    marked = [answer for answer in marks if answer.status_code == 200]
    final = closed.json()["line_count"] if closed.status_code == 201 else 0
    assert len(marked) + final == 4
    assert {it.json()["reason"] for it in marks if it not in marked} <= {"not-pending"}
    assert (await holder.reads(f"check-ledgers/{published['id']}"))["marked_count"] == len(marked)
