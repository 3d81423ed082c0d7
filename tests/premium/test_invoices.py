"""Invoices as they come about: in whatever order facts are heard, each yen is asked for once."""

from datetime import UTC, date, datetime

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from libs.common.dates import fiscal_year
from libs.common.money import yen
from services.premium import tables
from services.premium.actions import invoices
from services.premium.domain.invoice import ListedLine
from services.premium.queries import invoicing as queries
from tests.kit import hearing
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

from . import given, invoicing
from .invoicing import ONE

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await given.agreement_told(premium)


async def test_an_invoice_is_told_with_all_the_ledger_needs(premium: Running) -> None:
    """Given a ledger that is invoiced, when the others hear of it, then the fact is complete."""
    ledger = await invoicing.applied_and_final(premium, given.applied(given.policy_number()))

    [fact] = await invoicing.told(premium, ledger)
    row = await invoicing.invoice(premium, ledger)
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
    await invoicing.applied_and_final(premium, first)

    corrected = first | invoicing.amounts(15) | {"revision": 1}
    ledger = await invoicing.applied_and_final(premium, corrected, month="2026-12")

    assert await invoicing.asked(premium, ledger) == [ONE // 2]


async def test_a_reduction_is_given_back(premium: Running) -> None:
    """Given an invoiced contract, when half of it is taken back, then so is half the premium."""
    first = given.applied(given.policy_number())
    await invoicing.applied_and_final(premium, first)

    reduced = first | invoicing.amounts(5) | {"history_number": "01"}
    ledger = await invoicing.applied_and_final(premium, reduced, month="2026-12")

    row = await invoicing.invoice(premium, ledger)
    assert row.total == -ONE // 2
    assert (row.due_on, row.status) == (None, "ISSUED")
    assert await invoicing.asked(premium, ledger) == [-ONE // 2]


async def test_a_contract_reduced_to_nothing_is_given_back_whole(premium: Running) -> None:
    """Given an invoiced contract and a new one, when the first ends, then both come to nothing."""
    first, other = (given.applied(given.policy_number()) for _ in range(2))
    await invoicing.applied_and_final(premium, first)

    ended = first | invoicing.amounts(0) | {"history_number": "01", "status": "REDUCED_TO_ZERO"}
    ledger = await invoicing.applied_and_final(premium, ended, other, month="2026-12")

    assert await invoicing.asked(premium, ledger) == [-ONE, ONE]
    assert (await invoicing.invoice(premium, ledger)).due_on is None


async def test_a_split_branch_adds_up_to_the_yen(premium: Running) -> None:
    """Given ten millions, when three of them are split off, then both parts come to the premium."""
    first = given.applied(given.policy_number())
    await invoicing.applied_and_final(premium, first)

    kept = first | invoicing.amounts(7) | {"history_number": "01"}
    split_off = first | invoicing.amounts(3) | {"branch_number": "01"}
    ledger = await invoicing.applied_and_final(premium, kept, split_off, month="2026-12")

    assert await invoicing.asked(premium, ledger) == [
        ONE * 7 // 10 - ONE,
        ONE * 3 // 10,
    ]
    assert (await invoicing.invoice(premium, ledger)).total == 0


async def test_states_of_one_branch_follow_each_other(premium: Running) -> None:
    """Given three states of a branch on one ledger, in any order, then they ask for the last."""
    first = given.applied(given.policy_number())
    changed = first | invoicing.amounts(20) | {"history_number": "01"}
    corrected = first | invoicing.amounts(30) | {"history_number": "01", "revision": 1}

    ledger = await invoicing.applied_and_final(premium, corrected, first, changed)

    assert await invoicing.asked(premium, ledger) == [ONE, ONE, ONE]


async def test_an_earlier_ledger_heard_late_asks_for_nothing_more(premium: Running) -> None:
    """Given a change that was invoiced, when the state before it is heard of, then it is paid."""
    first = given.applied(given.policy_number())
    changed = first | invoicing.amounts(20) | {"history_number": "01"}
    await given.contracts_applied(premium, first, changed)

    later = await invoicing.finalised(premium, changed, month="2026-12")
    earlier = await invoicing.finalised(premium, first)

    assert (await invoicing.asked(premium, later), await invoicing.asked(premium, earlier)) == (
        [2 * ONE],
        [0],
    )
    assert (await invoicing.invoice(premium, earlier)).total == 0


async def test_a_ledger_waits_for_its_last_premium(premium: Running) -> None:
    """Given a ledger before its contracts, when the second is assessed, then it is invoiced."""
    first, second = (given.applied(given.policy_number()) for _ in range(2))
    ledger = await invoicing.finalised(premium, first, second)

    await given.contracts_applied(premium, first)
    between = await invoicing.invoice(premium, ledger)
    await given.contracts_applied(premium, second)

    after = await invoicing.invoice(premium, ledger)
    assert (between.status, between.invoice_number, between.total) == ("PENDING", None, None)
    assert after.total == 2 * ONE
    assert (after.status, after.published_on.isoformat()) == ("ISSUED", "2026-11-30")
    assert len(await invoicing.told(premium, ledger)) == 1


async def test_an_invoice_comes_with_what_the_rulebook_lacked(premium: Running) -> None:
    """Given a line whose agreement is unknown, when that is told, then the invoice is issued."""
    history = given.applied(given.policy_number(), agreement_code="200100888")
    ledger = await invoicing.applied_and_final(premium, history)
    before = await invoicing.invoice(premium, ledger)

    await given.agreement_told(premium, agreement_code="200100888")

    after = await invoicing.invoice(premium, ledger)
    assert (before.status, after.status) == ("PENDING", "ISSUED")
    assert after.total == ONE


async def test_lines_may_come_after_their_ledger(premium: Running) -> None:
    """Given a ledger of three whose lines come late, then only the last line completes it."""
    histories = [given.applied(given.policy_number()) for _ in range(3)]
    await given.contracts_applied(premium, *histories)
    ledger = invoicing.fixed_ledger(*histories)

    await invoicing.published_ledger(premium, ledger)
    [*_, last] = await invoicing.listed(premium, ledger, at_once=2)
    await hearing.told_again(premium, last)

    assert await invoicing.asked(premium, ledger) == [ONE, ONE, ONE]
    assert len(await invoicing.told(premium, ledger)) == 1


async def test_a_ledger_told_twice_is_invoiced_once(premium: Running) -> None:
    """Given an invoiced ledger, when all of it comes again, then nothing more is asked for."""
    history = given.applied(given.policy_number())
    await given.contracts_applied(premium, history)
    ledger = invoicing.fixed_ledger(history)
    facts = [
        *await invoicing.listed(premium, ledger),
        await invoicing.published_ledger(premium, ledger),
    ]

    for fact in facts:
        await hearing.told_again(premium, fact)
    # The same ledger in other facts, too.
    await invoicing.listed(premium, ledger)
    await invoicing.published_ledger(premium, ledger)

    assert await invoicing.asked(premium, ledger) == [ONE]
    assert len(await invoicing.told(premium, ledger)) == 1


async def test_a_ledger_of_nothing_is_invoiced_too(premium: Running) -> None:
    """Given a ledger without lines, when it is published, then its invoice asks for nothing."""
    ledger = await invoicing.finalised(premium)

    row = await invoicing.invoice(premium, ledger)
    assert (row.status, row.due_on, row.sample) == ("ISSUED", None, False)
    assert row.total == 0


async def test_the_terms_of_its_day_count(premium: Running) -> None:
    """Given ten days to pay from 2040 on, then an invoice of the day before still has twenty."""
    ten_days = {"name": "payment_day", "valid_from": date(2040, 1, 1), "value": "10"}
    async with premium.databases.platform() as tx:
        tx.add(tables.InvoiceTerm(**ten_days, source="tests", sample=False))

    due = [
        (await invoicing.invoice(premium, ledger)).due_on
        for ledger in [
            await invoicing.applied_and_final(
                premium, given.applied(given.policy_number()), published_on=day
            )
            for day in ("2039-12-31", "2040-01-01")
        ]
    ]

    assert due == [date(2040, 1, 19), date(2040, 1, 10)]


async def test_numbers_of_a_fiscal_year_have_no_gap(premium: Running) -> None:
    """Given invoices of two fiscal years, one of them waiting, then each year counts by itself."""
    await invoicing.applied_and_final(premium, given.applied(given.policy_number()))
    await invoicing.finalised(premium, given.applied(given.policy_number()))
    await invoicing.applied_and_final(
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
    assert numbers.keys() >= {2026, 2027}
    assert all(sorted(it) == list(range(1, len(it) + 1)) for it in numbers.values())


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

    ledger = await invoicing.finalised(premium, *policies)

    premiums = [n * 7 % 1000 for n in range(1, 10_001)]
    assert await invoicing.asked(premium, ledger) == premiums
    row = await invoicing.invoice(premium, ledger)
    assert row.total == sum(premiums)
    assert row.line_count == 10_000


async def test_an_invoice_that_does_not_add_up_is_not_issued(premium: Running) -> None:
    """Given lines that come to something else, when they are checked, then it is found."""
    ledger = await invoicing.applied_and_final(premium, given.applied(given.policy_number()))
    row = await invoicing.invoice(premium, ledger)

    async with premium.databases.tenant(TENANT) as tx:
        good = await queries.adds_up(tx, row.fixed_ledger_id, yen(ONE))
        bad = await queries.adds_up(tx, row.fixed_ledger_id, yen(ONE + 1))

    assert (good, bad) == (True, False)


async def test_a_line_stands_on_one_ledger_only(premium: Running) -> None:
    """Given a history that became final, when another ledger lists it, then it is refused."""
    history = given.applied(given.policy_number())
    await invoicing.applied_and_final(premium, history)
    again = invoicing.fixed_ledger(history)
    lines = [ListedLine(**line) for line in again.lines]

    with pytest.raises(Exception, match="uq_invoice_lines_history"):
        async with premium.databases.tenant(TENANT) as tx:
            await invoices.note_lines(tx, again.fixed_ledger_id, lines, AT)
