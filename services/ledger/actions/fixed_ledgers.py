"""Fixed ledgers (確定用台帳): what became final in a month, and the invoice that follows it."""

from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import now
from libs.common.outbox import announce, announce_data
from libs.common.wire import new_id

from .. import events, tables
from ..queries import fixed_ledgers as queries
from ..queries.cycle import plan_anew, plans

_FACTS_AT_ONCE = 20


async def publish_fixed_ledger(
    tx: AsyncSession, agreement: tables.Agreement, month: str, on: date
) -> tables.FixedLedger | None:
    """Make final what was checked (確定), once a month; where there is nothing, there is none.

    What is marked or held stays pending for the next month.
    """
    ledger = await _begun(tx, agreement, month, on)
    if ledger is None:
        return await queries.of_month(tx, agreement.agreement_code, month)

    # First locked, then chosen: a correction under way is either on the ledger or waits for it.
    await queries.lock_contracts(tx, queries.ready_policies(agreement.agreement_code))
    await tx.execute(queries.insert_lines(tx, ledger))
    ledger.line_count = await queries.count_lines(tx, ledger)
    if not ledger.line_count:
        await tx.delete(ledger)
        return None
    await queries.move_contracts_on(tx, queries.listed_policies(ledger), ledger.published_at)
    await _list(tx, ledger)
    await announce(
        tx,
        events.FixedLedgerPublished(
            fixed_ledger_id=ledger.id,
            agreement_code=ledger.agreement_code,
            policyholder_code=ledger.tenant,
            month=month,
            published_on=on,
            line_count=ledger.line_count,
        ),
    )
    return ledger


async def note_invoice(
    tx: AsyncSession, ledger_id: str, invoice_id: str, invoice_number: str, issued_on: date
) -> None:
    """Note the premium invoice of a fixed ledger (保険料請求): from now on 訂正内変, not 修正.

    Raises: FixedLedgerNotFound.
    """
    ledger = await queries.fixed_ledger(tx, ledger_id, lock=True)
    if ledger.invoice_id is not None:
        return
    ledger.invoice_id, ledger.invoice_number = invoice_id, invoice_number
    ledger.invoiced_on = issued_on
    ledger.version, ledger.updated_at = ledger.version + 1, now()
    await plan_anew(tx)
    listed = queries.listed_policies(ledger)
    await queries.lock_contracts(tx, listed)
    await queries.move_contracts_on(tx, listed, ledger.updated_at)


async def _begun(
    tx: AsyncSession, agreement: tables.Agreement, month: str, on: date
) -> tables.FixedLedger | None:
    await plan_anew(tx)
    plan = (await plans(tx, "FIXED", on))[agreement.branch_office_code]
    at = now()
    row = {
        "tenant": tx.info["tenant"],
        "id": new_id("fixed_ledger"),
        "agreement_code": agreement.agreement_code,
        "branch_office_code": agreement.branch_office_code,
        "month": month,
        "published_on": on,
        "published_at": at,
        "sample": plan.sample,
        "line_count": 0,
        "version": 1,
        "updated_at": at,
    }
    # The unique month is the lock: a twin waits here until the first one has ended.
    begun = insert(tables.FixedLedger).values(row).on_conflict_do_nothing()
    return (await tx.scalars(begun.returning(tables.FixedLedger))).one_or_none()


async def _list(tx: AsyncSession, ledger: tables.FixedLedger) -> None:
    """Tell the lines in facts of 500, some facts at a time: their JSON is made by the database."""
    step = _FACTS_AT_ONCE * events.LINES_IN_A_FACT
    for after in range(0, ledger.line_count, step):
        lines = await queries.lines_as_json(tx, ledger, after, step)
        data = [(ledger.id, f'{{"fixed_ledger_id":"{ledger.id}","lines":{it}}}') for it in lines]
        await announce_data(tx, events.FixedLedgerListed, data)
