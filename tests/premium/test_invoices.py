"""Invoices as they come about: in whatever order facts are heard, each yen is asked for once."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import fiscal_year
from libs.common.money import yen
from services.premium import tables
from services.premium.actions import invoices
from services.premium.consumers import inbox
from services.premium.domain.invoice import ListedLine
from services.premium.queries import invoicing
from tests.kit import hearing, then
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

from . import given

ONE = 12_090
"""Yen of the worked example under a comprehensive agreement; premiums follow its amounts."""

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
WAITS_FOR_US = text("""
SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
""")


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await given.agreement_told(premium)


def amounts(millions: int) -> dict[str, str]:
    """The amounts of a contract of so many millions of yen."""
    return dict.fromkeys(("pre_shipment_amount", "post_shipment_amount"), f"{millions}000000")


async def invoice(premium: Running, ledger: given.FixedLedger) -> tables.Invoice:
    """Read a ledger's one invoice."""
    async with premium.databases.tenant(TENANT) as tx:
        mine = tables.Invoice.fixed_ledger_id == ledger.fixed_ledger_id
        return (await tx.scalars(select(tables.Invoice).where(mine))).one()


async def asked(premium: Running, ledger: given.FixedLedger) -> list[int | None]:
    """What each line of a ledger is asked for."""
    line = tables.InvoiceLine
    async with premium.databases.tenant(TENANT) as tx:
        mine = select(line.amount).where(line.fixed_ledger_id == ledger.fixed_ledger_id)
        return [it if it is None else int(it) for it in await tx.scalars(mine.order_by(line.line))]


async def told(premium: Running, ledger: given.FixedLedger) -> list[dict[str, Any]]:
    """The facts told of a ledger's invoice."""
    row = await invoice(premium, ledger)
    return [fact for _, fact in await then.told(premium, row.id)]


async def test_an_invoice_is_told_with_all_the_ledger_needs(premium: Running) -> None:
    """Given a ledger that is invoiced, when the others hear of it, then the fact is complete."""
    ledger = await given.applied_and_final(premium, given.applied(given.policy_number()))

    [fact] = await told(premium, ledger)
    row = await invoice(premium, ledger)
    assert fact == {
        "invoice_id": row.id,
        "invoice_number": row.invoice_number,
        "fixed_ledger_id": ledger.fixed_ledger_id,
        "agreement_code": given.AGREEMENT,
        "policyholder_code": TENANT,
        "month": "2026-11",
        "issued_on": "2026-11-30",
        "due_on": "2026-12-19",
        "total": {"amount": str(ONE), "currency": "JPY"},
        "line_count": 1,
        "sample": True,
    }


async def test_a_correction_asks_for_the_difference(premium: Running) -> None:
    """Given an invoiced contract, when it is corrected to half as much again, then half is due."""
    first = given.applied(given.policy_number())
    await given.applied_and_final(premium, first)

    corrected = first | amounts(15) | {"revision": 1}
    ledger = await given.applied_and_final(premium, corrected, month="2026-12")

    assert await asked(premium, ledger) == [ONE // 2]


async def test_a_reduction_is_given_back(premium: Running) -> None:
    """Given an invoiced contract, when half of it is taken back, then so is half the premium."""
    first = given.applied(given.policy_number())
    await given.applied_and_final(premium, first)

    reduced = first | amounts(5) | {"history_number": "01"}
    ledger = await given.applied_and_final(premium, reduced, month="2026-12")

    row = await invoice(premium, ledger)
    assert row.total == -ONE // 2
    assert (row.due_on, row.status) == (None, "ISSUED")
    assert await asked(premium, ledger) == [-ONE // 2]


async def test_a_contract_reduced_to_nothing_is_given_back_whole(premium: Running) -> None:
    """Given an invoiced contract and a new one, when the first ends, then both come to nothing."""
    first, other = (given.applied(given.policy_number()) for _ in range(2))
    await given.applied_and_final(premium, first)

    ended = first | amounts(0) | {"history_number": "01", "status": "REDUCED_TO_ZERO"}
    ledger = await given.applied_and_final(premium, ended, other, month="2026-12")

    assert await asked(premium, ledger) == [-ONE, ONE]
    assert (await invoice(premium, ledger)).due_on is None


async def test_a_split_branch_adds_up_to_the_yen(premium: Running) -> None:
    """Given ten millions, when three of them are split off, then both parts come to the premium."""
    first = given.applied(given.policy_number())
    await given.applied_and_final(premium, first)

    kept = first | amounts(7) | {"history_number": "01"}
    split_off = first | amounts(3) | {"branch_number": "01"}
    ledger = await given.applied_and_final(premium, kept, split_off, month="2026-12")

    assert await asked(premium, ledger) == [ONE * 7 // 10 - ONE, ONE * 3 // 10]
    assert (await invoice(premium, ledger)).total == 0


async def test_states_of_one_branch_follow_each_other(premium: Running) -> None:
    """Given three states of a branch on one ledger, in any order, then they ask for the last."""
    first = given.applied(given.policy_number())
    changed = first | amounts(20) | {"history_number": "01"}
    corrected = first | amounts(30) | {"history_number": "01", "revision": 1}

    ledger = await given.applied_and_final(premium, corrected, first, changed)

    assert await asked(premium, ledger) == [ONE, ONE, ONE]


async def test_an_earlier_ledger_heard_late_asks_for_nothing_more(premium: Running) -> None:
    """Given a change that was invoiced, when the state before it is heard of, then it is paid."""
    first = given.applied(given.policy_number())
    changed = first | amounts(20) | {"history_number": "01"}
    await given.contracts_applied(premium, first, changed)

    later = await given.finalised(premium, changed, month="2026-12")
    earlier = await given.finalised(premium, first)

    assert (await asked(premium, later), await asked(premium, earlier)) == ([2 * ONE], [0])
    assert (await invoice(premium, earlier)).total == 0


async def test_a_ledger_waits_for_its_last_premium(premium: Running) -> None:
    """Given a ledger before its contracts, when the second is assessed, then it is invoiced."""
    first, second = (given.applied(given.policy_number()) for _ in range(2))
    ledger = await given.finalised(premium, first, second)

    await given.contracts_applied(premium, first)
    between = await invoice(premium, ledger)
    await given.contracts_applied(premium, second)

    after = await invoice(premium, ledger)
    assert (between.status, between.invoice_number, between.total) == ("PENDING", None, None)
    assert after.total == 2 * ONE
    assert (after.status, after.published_on.isoformat()) == ("ISSUED", "2026-11-30")
    assert len(await told(premium, ledger)) == 1


async def test_an_invoice_comes_with_what_the_rulebook_lacked(premium: Running) -> None:
    """Given a line whose agreement is unknown, when that is told, then the invoice is issued."""
    history = given.applied(given.policy_number(), agreement_code="200100888")
    ledger = await given.applied_and_final(premium, history)
    before = await invoice(premium, ledger)

    await given.agreement_told(premium, agreement_code="200100888")

    after = await invoice(premium, ledger)
    assert (before.status, after.status) == ("PENDING", "ISSUED")
    assert after.total == ONE


async def test_lines_may_come_after_their_ledger(premium: Running) -> None:
    """Given a ledger of three whose lines come late, then only the last line completes it."""
    histories = [given.applied(given.policy_number()) for _ in range(3)]
    await given.contracts_applied(premium, *histories)
    ledger = given.fixed_ledger(*histories)

    await given.published_ledger(premium, ledger)
    [*_, last] = await given.listed(premium, ledger, at_once=2)
    await hearing.told_again(premium, last)

    assert await asked(premium, ledger) == [ONE, ONE, ONE]
    assert len(await told(premium, ledger)) == 1


async def test_a_ledger_told_twice_is_invoiced_once(premium: Running) -> None:
    """Given an invoiced ledger, when all of it comes again, then nothing more is asked for."""
    history = given.applied(given.policy_number())
    await given.contracts_applied(premium, history)
    ledger = given.fixed_ledger(history)
    facts = [*await given.listed(premium, ledger), await given.published_ledger(premium, ledger)]

    for fact in facts:
        await hearing.told_again(premium, fact)
    # The same ledger in other facts, too.
    await given.listed(premium, ledger)
    await given.published_ledger(premium, ledger)

    assert await asked(premium, ledger) == [ONE]
    assert len(await told(premium, ledger)) == 1


async def test_a_ledger_of_nothing_is_invoiced_too(premium: Running) -> None:
    """Given a ledger without lines, when it is published, then its invoice asks for nothing."""
    ledger = await given.finalised(premium)

    row = await invoice(premium, ledger)
    assert (row.status, row.due_on, row.sample) == ("ISSUED", None, False)
    assert row.total == 0


async def test_numbers_of_a_fiscal_year_have_no_gap(premium: Running) -> None:
    """Given invoices of two fiscal years, one of them waiting, then each year counts by itself."""
    await given.applied_and_final(premium, given.applied(given.policy_number()))
    await given.finalised(premium, given.applied(given.policy_number()))
    await given.applied_and_final(
        premium, given.applied(given.policy_number()), month="2027-04", published_on="2027-04-30"
    )

    async with premium.databases.tenant(TENANT) as tx:
        issued = select(tables.Invoice).where(tables.Invoice.status == "ISSUED")
        rows = (await tx.scalars(issued)).all()
    numbers: dict[int, list[int]] = {}
    for row in rows:
        code, year, serial = (row.invoice_number or "").split("-")
        assert (code, int(year)) == (TENANT, fiscal_year(row.published_on))
        numbers.setdefault(int(year), []).append(int(serial))
    assert numbers.keys() == {2026, 2027}
    assert all(sorted(it) == list(range(1, len(it) + 1)) for it in numbers.values())


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
    ledger = await given.finalised(premium, first, second)

    async with premium.databases.tenant(TENANT) as tx:
        await hear(tx, "ledger.contracts.applied.v1", {"bucket": 5, "histories": [first]})
        rival = await blocked(tx, given.contracts_applied(premium, second, bucket=6))
    await rival

    assert await asked(premium, ledger) == [ONE, ONE]
    assert len(await told(premium, ledger)) == 1


async def test_a_ledger_waits_for_a_premium_under_way(premium: Running) -> None:
    """Given a premium that is being made, when its ledger is published, then it is not missed."""
    history = given.applied(given.policy_number())
    ledger = given.fixed_ledger(history)
    await given.listed(premium, ledger)

    async with premium.databases.tenant(TENANT) as tx:
        await hear(tx, "ledger.contracts.applied.v1", {"bucket": 5, "histories": [history]})
        rival = await blocked(tx, given.published_ledger(premium, ledger))
    await rival

    assert await asked(premium, ledger) == [ONE]


async def test_a_premium_waits_for_a_ledger_under_way(premium: Running) -> None:
    """Given a ledger that is being published, when its premium is made, then it is invoiced."""
    history = given.applied(given.policy_number())
    ledger = given.fixed_ledger(history)
    await given.listed(premium, ledger)

    async with premium.databases.tenant(TENANT) as tx:
        await hear(tx, "ledger.fixed_ledger.published.v1", ledger.published())
        rival = await blocked(tx, given.contracts_applied(premium, history))
    await rival

    assert await asked(premium, ledger) == [ONE]


async def test_two_ledgers_of_one_branch_are_not_asked_for_twice(premium: Running) -> None:
    """Given two ledgers that wait for one premium each, when both are made, then one is due."""
    first = given.applied(given.policy_number())
    corrected = first | amounts(15) | {"revision": 1}
    earlier = await given.finalised(premium, first)
    later = await given.finalised(premium, corrected, month="2026-12")

    await asyncio.gather(
        given.contracts_applied(premium, first, bucket=5),
        given.contracts_applied(premium, corrected, bucket=6),
    )

    [one], [two] = await asked(premium, earlier), await asked(premium, later)
    assert (one or 0) + (two or 0) == ONE * 3 // 2


MANY_PREMIUMS = text("""
INSERT INTO assessments (tenant, policy_number, branch_number, history_number, revision,
                         agreement_code, bucket, edition, premium, sample, parts, assessed_at)
SELECT :tenant, '102001003599' || lpad(n::text, 7, '0'), '00', '00', 0,
       '200100357', 3, '2004-10', n * 7 % 1000, false, '[]', now()
FROM generate_series(1, 10000) AS n
""")


async def test_ten_thousand_lines_add_up_to_the_yen(premium: Running) -> None:
    """Given a ledger of ten thousand contracts, when it is published, then no yen is lost."""
    state = {"branch_number": "00", "history_number": "00", "revision": 0}
    policies = [{"policy_number": f"102001003599{n:07d}"} | state for n in range(1, 10_001)]
    async with premium.databases.tenant(TENANT) as tx:
        await tx.execute(MANY_PREMIUMS, {"tenant": TENANT})

    ledger = await given.finalised(premium, *policies)

    premiums = [n * 7 % 1000 for n in range(1, 10_001)]
    assert await asked(premium, ledger) == premiums
    row = await invoice(premium, ledger)
    assert row.total == sum(premiums)
    assert row.line_count == 10_000


async def test_an_invoice_that_does_not_add_up_is_not_issued(premium: Running) -> None:
    """Given lines that come to something else, when they are checked, then it is found."""
    ledger = await given.applied_and_final(premium, given.applied(given.policy_number()))
    row = await invoice(premium, ledger)

    async with premium.databases.tenant(TENANT) as tx:
        good = await invoicing.adds_up(tx, row.fixed_ledger_id, yen(ONE))
        bad = await invoicing.adds_up(tx, row.fixed_ledger_id, yen(ONE + 1))

    assert (good, bad) == (True, False)


async def test_a_line_stands_on_one_ledger_only(premium: Running) -> None:
    """Given a history that became final, when another ledger lists it, then it is refused."""
    history = given.applied(given.policy_number())
    await given.applied_and_final(premium, history)
    again = given.fixed_ledger(history)
    lines = [ListedLine(**line) for line in again.lines]

    with pytest.raises(Exception, match="uq_invoice_lines_history"):
        async with premium.databases.tenant(TENANT) as tx:
            await invoices.note_lines(tx, again.fixed_ledger_id, lines, AT)
