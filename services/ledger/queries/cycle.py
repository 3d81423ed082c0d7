"""Named reads of the cycle: whose ledgers are published when, and what is not final yet."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
from sqlalchemy import ColumnElement, Select, and_, exists, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.cycle import Plan
from ..errors import AgreementNotFound, CalendarNotFound, ContractNotFound
from .bulk import copy_out, written_out

History = tables.ContractHistory
Calendar = tables.CycleCalendar

STATE = ("policy_number", "branch_number", "history_number", "revision")
"""What names one revision of one history (履歴番号と訂正回数)."""

_PLAN_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")


async def plan_anew(tx: AsyncSession) -> None:
    """Have every statement of this act planned by itself.

    A plan made while the tables were small, and then kept, looks at every line once for each.
    """
    await tx.execute(_PLAN_ANEW)


async def plans(tx: AsyncSession, ledger: str, on: date) -> Mapping[str, Plan]:
    """Read on which days each office publishes a kind of ledger, as in force on a day."""
    found = await tx.scalars(calendars(on).where(Calendar.ledger == ledger))
    return {
        it.branch_office_code: Plan(
            it.weekdays, it.days_of_month, it.business_days_from_end, it.sample
        )
        for it in found
    }


def calendars(on: date) -> Select[Calendar]:
    """Select the calendars in force on a day: of each office and ledger the newest version."""
    own = (Calendar.branch_office_code, Calendar.ledger)
    in_force = select(*own, func.max(Calendar.version)).where(Calendar.valid_from <= on)
    return select(Calendar).where(
        tuple_(*own, Calendar.version).in_(in_force.group_by(*own)),
    )


async def calendar(tx: AsyncSession, branch_office_code: str, ledger: str, on: date) -> Calendar:
    """Find the calendar of an office and a kind of ledger that is in force on a day.

    Raises: CalendarNotFound.
    """
    named = (Calendar.branch_office_code == branch_office_code, Calendar.ledger == ledger)
    found = (await tx.scalars(calendars(on).where(*named))).one_or_none()
    if found is None:
        raise CalendarNotFound
    return found


async def last_calendar(tx: AsyncSession, branch_office_code: str, ledger: str) -> Calendar:
    """Find the calendar that was entered last, whether it has begun or not."""
    named = (Calendar.branch_office_code == branch_office_code, Calendar.ledger == ledger)
    newest = select(Calendar).where(*named).order_by(Calendar.version.desc()).limit(1)
    return (await tx.scalars(newest)).one()


async def agreements(tx: AsyncSession) -> Sequence[tables.Agreement]:
    """List every special agreement, of whichever policyholder."""
    code = tables.Agreement.agreement_code
    return (await tx.scalars(select(tables.Agreement).order_by(code))).all()


async def agreement(tx: AsyncSession, agreement_code: str) -> tables.Agreement:
    """Find a special agreement of the policyholder this transaction is for.

    Raises: AgreementNotFound.
    """
    found = await tx.get(tables.Agreement, agreement_code)
    if found is None or found.policyholder_code != tx.info["tenant"]:
        raise AgreementNotFound
    return found


def pending(agreement_code: str) -> Select[History]:
    """Select the histories under an agreement that are on no fixed ledger yet (未確定)."""
    contract, final = tables.Contract, tables.FixedLedgerLine
    return (
        select(History)
        .join(
            contract,
            (contract.tenant == History.tenant) & (contract.policy_number == History.policy_number),
        )
        .where(
            contract.agreement_code == agreement_code,
            History.known_to.is_(None),
            History.status != "CANCELLED",
            ~exists().where(same_state(final, History)),
        )
    )


def same_state(one: type[tables.Base], other: type[tables.Base]) -> ColumnElement[bool]:
    """Say that two rows name the same revision of the same history."""
    return and_(*(getattr(one, name) == getattr(other, name) for name in ("tenant", *STATE)))


def contract_of(line: type[tables.CheckLedgerLine | tables.FixedLedgerLine]) -> ColumnElement[bool]:
    """Say that a contract is the one that a line names a history of."""
    contract = tables.Contract
    own = (contract.tenant == line.tenant) & (contract.policy_number == line.policy_number)
    # A refused row names nothing that is stored, though somebody may have its number.
    return own & line.revision.is_not(None)


async def locked_contract(tx: AsyncSession, policy_number: str) -> tables.Contract:
    """Find a contract, and keep changes and the month's end off it until this act has ended.

    Raises: ContractNotFound.
    """
    key = (tx.info["tenant"], policy_number)
    found = await tx.get(tables.Contract, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise ContractNotFound
    return found


async def is_pending(
    tx: AsyncSession, contract: tables.Contract, state: Mapping[str, str | int]
) -> bool:
    """Say whether this revision of a history is still the one that would become final."""
    named = and_(*(getattr(History, name) == value for name, value in state.items()))
    return await tx.scalar(exists(pending(contract.agreement_code).where(named)).select()) or False


async def pending_states(tx: AsyncSession, agreement_code: str) -> pl.DataFrame:
    """Bring which revisions of which histories are pending under an agreement.

    Shape: `STATE`, in order of policy.
    """
    states = pending(agreement_code).with_only_columns(*(getattr(History, it) for it in STATE))
    found = await copy_out(tx, written_out(states.order_by(History.policy_number)), STATE)
    return found.with_columns(pl.col("revision").cast(pl.Int16))
