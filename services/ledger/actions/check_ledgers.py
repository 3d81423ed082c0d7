"""Check ledgers (照合用台帳): published for their holder to check, and confirmed by it."""

from datetime import date, datetime, timedelta

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import now
from libs.common.etags import match
from libs.common.outbox import announce
from libs.common.wire import new_id

from .. import events, tables
from ..domain.cycle import covered_from
from ..errors import AlreadyConfirmed
from ..queries import check_ledgers as queries
from ..queries.cycle import plan_anew, plans
from .rechecking import recheck_pending

_ONE_DAY = timedelta(days=1)


async def publish_check_ledger(
    tx: AsyncSession, agreement: tables.Agreement, on: date
) -> tables.CheckLedger | None:
    """Publish what was received until the day before (照合用台帳の送付), once for each period.

    It shows what nobody was shown yet, what is still marked, and the rows refused since the last
    one. Where it would show nothing there is none.
    """
    published = await queries.until(tx, agreement.agreement_code, on - _ONE_DAY)
    if published is not None:
        return published
    ledger = await _begun(tx, agreement, on)
    if ledger is None:
        # A twin was faster, and has committed by now.
        return await queries.until(tx, agreement.agreement_code, on - _ONE_DAY)

    await _recheck(tx, agreement, on)
    await tx.execute(queries.insert_lines(tx, ledger))
    await queries.count_lines(tx, ledger)
    if not ledger.line_count:
        await tx.delete(ledger)
        return None
    await _tell(tx, ledger, events.CheckLedgerPublished)
    return ledger


async def confirm_check_ledger(
    tx: AsyncSession, ledger_id: str, seen_version: int, by: str
) -> tables.CheckLedger:
    """Say for the holder that it has checked a ledger (照合の確認).

    Raises: CheckLedgerNotFound, PreconditionRequired, PreconditionFailed, AlreadyConfirmed.
    """
    # Locked: of two who confirm at once the second finds the version moved on.
    ledger = await queries.check_ledger(tx, ledger_id, lock=True)
    match(seen_version, ledger.version)
    if ledger.status == "CONFIRMED":
        raise AlreadyConfirmed

    ledger.status, ledger.confirmed_at, ledger.confirmed_by = "CONFIRMED", now(), by
    ledger.version, ledger.updated_at = ledger.version + 1, ledger.confirmed_at
    await _tell(tx, ledger, events.CheckLedgerConfirmed)
    return ledger


async def count_marks_again(
    tx: AsyncSession, ledgers: Select[tables.CheckLedger], at: datetime
) -> None:
    """Count what is marked on these ledgers, after marks were made or taken back."""
    # Locked in order, so that two who count never wait for each other in a ring.
    found = ledgers.order_by(tables.CheckLedger.id).with_for_update()
    for ledger in (await tx.scalars(found)).all():
        before = ledger.marked_count
        await queries.count_marks(tx, ledger)
        if ledger.marked_count != before:
            ledger.version, ledger.updated_at = ledger.version + 1, at


async def _recheck(tx: AsyncSession, agreement: tables.Agreement, on: date) -> None:
    if await recheck_pending(tx, agreement.agreement_code, on):
        earlier = queries.CheckLedgerFilter([agreement.agreement_code])
        await count_marks_again(tx, queries.check_ledgers(earlier), now())


async def _begun(
    tx: AsyncSession, agreement: tables.Agreement, on: date
) -> tables.CheckLedger | None:
    await plan_anew(tx)
    plan = (await plans(tx, "CHECK", on))[agreement.branch_office_code]
    to_on, at = on - _ONE_DAY, now()
    last_day = await queries.last_day_before(tx, agreement.agreement_code, to_on)
    row = {
        "tenant": tx.info["tenant"],
        "id": new_id("check_ledger"),
        "agreement_code": agreement.agreement_code,
        "branch_office_code": agreement.branch_office_code,
        "from_on": covered_from(plan, on, last_day),
        "to_on": to_on,
        "published_on": on,
        "published_at": at,
        "sample": plan.sample,
        "status": "PUBLISHED",
        **dict.fromkeys(("line_count", "marked_count", "refused_count"), 0),
        "version": 1,
        "updated_at": at,
    }
    # The unique period is the lock: a twin waits here until the first one has ended.
    begun = insert(tables.CheckLedger).values(row).on_conflict_do_nothing()
    return (await tx.scalars(begun.returning(tables.CheckLedger))).one_or_none()


async def _tell(
    tx: AsyncSession, ledger: tables.CheckLedger, fact: type[events.CheckLedgerFact]
) -> None:
    told = fact(
        check_ledger_id=ledger.id,
        agreement_code=ledger.agreement_code,
        policyholder_code=ledger.tenant,
        from_on=ledger.from_on,
        to_on=ledger.to_on,
        published_on=ledger.published_on,
        line_count=ledger.line_count,
        marked_count=ledger.marked_count,
        refused_count=ledger.refused_count,
    )
    await announce(tx, told)  # type: ignore[arg-type]  # both of them are Events
