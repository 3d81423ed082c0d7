"""The weekly re-check: what registers no longer allow is marked, until they allow it again."""

from itertools import count
from typing import Any

from services.ledger import consumers
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.rounds import REASON, Holder, MoveClock

TUESDAY = "2026-08-25T10:15:00"
WEDNESDAY = "2026-08-26T09:00:00"
THURSDAY = "2026-08-27T09:00:00"
FRIDAY = "2026-08-28T09:00:00"
MONTH_END = "2026-08-31T09:00:00"
NEXT_WEDNESDAY = "2026-09-02T09:00:00"
_buyers = count(9_100_001)


async def _buyer(ledger: Running, code: str, *, active: bool) -> None:
    """The register is heard to have this buyer, or to have it no longer."""
    state = {"buyer_code": code, "country_code": "304", "rating": "EA", "active": active}
    async with ledger.databases.platform() as tx:
        await consumers.copy_buyer(tx, consumers.BuyerState(**state))


async def _shown(
    ledger: Running, clock_at: MoveClock
) -> tuple[Holder, dict[str, Any], str, list[str]]:
    """A holder's two contracts, one with a buyer of its own, are on a check ledger."""
    clock_at(TUESDAY)
    holder, buyer = await rounds.holder(ledger), str(next(_buyers))
    await _buyer(ledger, buyer, active=True)
    _, numbers = await holder.sends({"payer_code": buyer}, {})
    clock_at(WEDNESDAY)
    return holder, await holder.is_shown(), buyer, numbers


async def test_what_the_register_no_longer_has_is_marked(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a buyer that was taken off, when Wednesday comes, then its contract is marked."""
    holder, first, buyer, [number, _] = await _shown(ledger, clock_at)
    await _buyer(ledger, buyer, active=False)
    clock_at(NEXT_WEDNESDAY)

    second = await holder.is_shown()

    assert (second["line_count"], second["marked_count"]) == (1, 1)
    [line] = await holder.lines(second)
    assert (line["policy_number"], line["mark"]["kind"]) == (number, "RECHECK")
    assert line["mark"]["rule"] == "L042"
    assert line["mark"]["reason"] == "海外商社名簿から削除されたバイヤーコードが使用されています。"
    assert line["mark"]["reason_en"] == "A buyer is no longer in the buyer register."
    earlier = await holder.reads(f"check-ledgers/{first['id']}")
    assert (earlier["marked_count"], earlier["version"]) == (1, 2)


async def test_what_the_register_has_again_becomes_final(
    ledger: Running, clock_at: MoveClock
) -> None:
    """Given a marked contract, when its buyer is back at the next re-check, then it is unmarked."""
    holder, first, buyer, [number, other] = await _shown(ledger, clock_at)
    await _buyer(ledger, buyer, active=False)
    clock_at(THURSDAY)
    marked = await holder.is_shown()
    await _buyer(ledger, buyer, active=True)
    await holder.applies()
    clock_at(FRIDAY)

    unmarked = await holder.is_shown()

    assert (marked["marked_count"], unmarked["marked_count"]) == (1, 0)
    assert (await holder.reads(f"check-ledgers/{first['id']}"))["marked_count"] == 0
    clock_at(MONTH_END)
    await holder.is_closed("2026-08")
    assert [await holder.status(it) for it in (number, other)] == ["IN_FORCE"] * 2


async def test_what_staff_marked_stays_theirs(ledger: Running, clock_at: MoveClock) -> None:
    """Given a line that staff marked, when the registers allow it, then it stays marked."""
    holder, first, _, _ = await _shown(ledger, clock_at)
    line = (await holder.lines(first))[0]["id"]
    await holder.staff(f"check-ledger-lines/{line}/mark", **REASON)
    clock_at(NEXT_WEDNESDAY)

    second = await holder.is_shown()

    [marked] = await holder.lines(second)
    assert marked["mark"]["kind"] == "STAFF"


async def test_what_is_final_is_not_asked_again(ledger: Running, clock_at: MoveClock) -> None:
    """Given final contracts, when their buyer is taken off, then no mark touches them."""
    holder, first, buyer, _ = await _shown(ledger, clock_at)
    clock_at(MONTH_END)
    await holder.is_closed("2026-08")
    await _buyer(ledger, buyer, active=False)
    await holder.applies()
    clock_at(NEXT_WEDNESDAY)

    second = await holder.is_shown()

    assert (second["line_count"], second["marked_count"]) == (1, 0)
    assert (await holder.reads(f"check-ledgers/{first['id']}"))["marked_count"] == 0
