"""The round that the clock makes: what is due on a day is published for everybody, once."""

from datetime import UTC, datetime

from libs.common.jobs import run_due
from services.ledger.actions.closing import close_ledgers
from services.ledger.app import service
from tests.kit.running import Running
from tests.ledger import rounds
from tests.ledger.rounds import Holder, MoveClock


def _six(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T06:00:00+09:00").astimezone(UTC)


async def _published(holder: Holder) -> tuple[list[str], list[str]]:
    """The days of a holder's check ledgers, and the months of its fixed ones."""
    checks = (await holder.reads("check-ledgers"))["items"]
    fixed = (await holder.reads("fixed-ledgers"))["items"]
    return [it["published_on"] for it in checks], [it["month"] for it in fixed]


async def test_each_office_follows_its_own_days(alone: Running, clock_at: MoveClock) -> None:
    """Given a holder of each office, when days go by, then each is published as planned."""
    clock_at("2026-08-18T10:15:00")
    tokyo, osaka = await rounds.holder(alone), await rounds.holder(alone, office="15")
    await tokyo.applies()
    await osaka.applies()

    seen = {}
    for day in ("2026-08-19", "2026-08-20", "2026-08-28", "2026-08-31"):
        clock_at(f"{day}T06:00:00")
        await close_ledgers(alone.databases, _six(day))
        seen[day] = (await _published(tokyo), await _published(osaka))

    assert seen == {
        "2026-08-19": ((["2026-08-19"], []), ([], [])),
        "2026-08-20": ((["2026-08-19"], []), (["2026-08-20"], [])),
        "2026-08-28": ((["2026-08-19"], []), (["2026-08-20"], [])),
        "2026-08-31": ((["2026-08-19"], ["2026-08"]), (["2026-08-20"], ["2026-08"])),
    }


async def test_nobody_is_invoiced_for_what_it_is_first_shown_that_day(
    alone: Running, clock_at: MoveClock
) -> None:
    """Given a month that ends on a Wednesday, when both are due, then what is new is only shown."""
    clock_at("2026-09-29T10:15:00")
    holder = await rounds.holder(alone)
    await holder.applies()
    clock_at("2026-09-30T06:00:00")

    await close_ledgers(alone.databases, _six("2026-09-30"))

    assert await _published(holder) == (["2026-09-30"], [])


async def test_a_round_is_made_once(alone: Running, clock_at: MoveClock) -> None:
    """Given a round that was made, when it is made again, then nothing is published twice."""
    clock_at("2026-08-25T10:15:00")
    holder = await rounds.holder(alone)
    await holder.applies()
    clock_at("2026-08-26T06:00:00")
    await close_ledgers(alone.databases, _six("2026-08-26"))
    before = await holder.reads("check-ledgers")

    await close_ledgers(alone.databases, _six("2026-08-26"))

    assert await holder.reads("check-ledgers") == before


async def test_the_clock_makes_the_rounds_it_slept_through(
    alone: Running, clock_at: MoveClock
) -> None:
    """Given a worker that slept a week, when it wakes, then Wednesday and month end are made."""
    clock_at("2026-08-25T10:15:00")
    holder = await rounds.holder(alone)
    await holder.applies()
    await run_due(alone.databases, alone.settings, service.jobs, _six("2026-08-25"))
    clock_at("2026-09-01T05:00:00")

    due = await run_due(
        alone.databases,
        alone.settings,
        service.jobs,
        datetime.fromisoformat("2026-09-01T05:00+09:00"),
    )

    assert await _published(holder) == (["2026-08-26"], ["2026-08"])
    assert due == _six("2026-09-01")
