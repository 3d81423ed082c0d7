"""Named reads of fixed ledgers (確定用台帳): lists, one with its lines, what becomes final."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Insert,
    Select,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.types import Text

from .. import tables
from ..domain.terms import terms_on
from ..errors import FixedLedgerNotFound
from ..events import LINES_IN_A_FACT
from .cycle import STATE, History, contract_of, pending, same_state
from .delays import delays

Ledger = tables.FixedLedger
Line = tables.FixedLedgerLine


@dataclass(frozen=True, slots=True)
class FixedLedgerFilter:
    """Which fixed ledgers are asked for; an empty part asks for all."""

    agreement_codes: Sequence[str] = ()
    months: Sequence[str] = ()
    published_on_from: date | None = None
    published_on_to: date | None = None
    updated_at_from: datetime | None = None


def fixed_ledgers(wanted: FixedLedgerFilter) -> Select[Ledger]:
    """Select the fixed ledgers that fit, for paging."""
    statement = select(Ledger)
    if wanted.agreement_codes:
        statement = statement.where(Ledger.agreement_code.in_(wanted.agreement_codes))
    if wanted.months:
        statement = statement.where(Ledger.month.in_(wanted.months))
    if wanted.published_on_from is not None:
        statement = statement.where(Ledger.published_on >= wanted.published_on_from)
    if wanted.published_on_to is not None:
        statement = statement.where(Ledger.published_on <= wanted.published_on_to)
    if wanted.updated_at_from is not None:
        statement = statement.where(Ledger.updated_at >= wanted.updated_at_from)
    return statement


async def fixed_ledger(tx: AsyncSession, ledger_id: str, *, lock: bool = False) -> Ledger:
    """Find a fixed ledger.

    Raises: FixedLedgerNotFound.
    """
    key = (tx.info["tenant"], ledger_id)
    found = await tx.get(Ledger, key, with_for_update=lock, populate_existing=lock)
    if found is None:
        raise FixedLedgerNotFound
    return found


async def of_month(tx: AsyncSession, agreement_code: str, month: str) -> Ledger | None:
    """Find an agreement's fixed ledger of a month."""
    statement = select(Ledger).where(Ledger.agreement_code == agreement_code, Ledger.month == month)
    return (await tx.scalars(statement)).one_or_none()


def lines(ledger_id: str, lateness: Sequence[str] = ()) -> Select[Any]:
    """Select the lines of a fixed ledger, in order, each with how late its contract came."""
    columns = (Line.fixed_ledger_id, Line.line, *(getattr(Line, name) for name in STATE))
    late = tables.Contract.lateness
    statement = select(*columns, late).outerjoin(tables.Contract, contract_of(Line))
    statement = statement.where(Line.fixed_ledger_id == ledger_id).order_by(Line.line)
    return statement.where(late.in_(lateness)) if lateness else statement


def insert_lines(tx: AsyncSession, ledger: Ledger) -> Insert:
    """Write the lines of a new fixed ledger: all that may become final now."""
    columns = [getattr(History, name) for name in STATE]
    numbered = _ready(ledger.agreement_code).with_only_columns(
        literal(tx.info["tenant"]),
        literal(ledger.id),
        func.row_number().over(order_by=columns),
        *columns,
    )
    return insert(Line).from_select(["tenant", "fixed_ledger_id", "line", *STATE], numbered)


async def count_lines(tx: AsyncSession, ledger: Ledger) -> int:
    """Count the lines of a fixed ledger."""
    count = select(func.count()).where(Line.fixed_ledger_id == ledger.id)
    return await tx.scalar(count) or 0


async def lines_as_json(tx: AsyncSession, ledger: Ledger, after: int, count: int) -> Sequence[str]:
    """Write so many lines after one as JSON lists, 500 in each."""
    place = (Line.line - 1) // LINES_IN_A_FACT
    members = [part for name in ("line", *STATE) for part in (name, getattr(Line, name))]
    late = delays(ledger.agreement_code).subquery()
    bears = late.c.number >= terms_on(ledger.published_on).surcharge_from_delay
    members += ("late_surcharge", func.coalesce(bears, false()))
    line = aggregate_order_by(func.json_build_object(*members), Line.line)
    statement = (
        select(cast(func.json_agg(line), Text))
        .select_from(Line)
        .outerjoin(late, late.c.policy_number == Line.policy_number)
        .where(Line.fixed_ledger_id == ledger.id, Line.line > after, Line.line <= after + count)
        .group_by(place)
        .order_by(place)
    )
    return (await tx.scalars(statement)).all()


def ready_policies(agreement_code: str) -> Select[str]:
    """Select the policies of which something may become final now."""
    return _ready(agreement_code).with_only_columns(History.policy_number)


def listed_policies(ledger: Ledger) -> Select[str]:
    """Select the policies on a fixed ledger."""
    return select(Line.policy_number).where(Line.fixed_ledger_id == ledger.id)


async def lock_contracts(tx: AsyncSession, policies: Select[str]) -> None:
    """Keep others from changing these contracts."""
    contract = tables.Contract
    # In order of number, as changes lock them: the two wait for each other, never in a ring.
    locked = (
        select(contract.policy_number)
        .where(contract.policy_number.in_(policies))
        .order_by(contract.policy_number)
        .with_for_update()
        .subquery()
    )
    await tx.execute(select(func.count()).select_from(locked))


async def move_contracts_on(tx: AsyncSession, policies: Select[str], at: datetime) -> None:
    """Put contracts in force, and stamp that they are no longer as somebody may have read them."""
    contract = tables.Contract
    applied = contract.status == "APPLIED"
    await tx.execute(
        update(contract)
        .where(contract.policy_number.in_(policies))
        .values(
            status=case((applied, "IN_FORCE"), else_=contract.status),
            version=contract.version + 1,
            updated_at=func.greatest(contract.updated_at, at),
        )
        .execution_options(synchronize_session=False)
    )


def _ready(agreement_code: str) -> Select[Any]:
    """Select what may become final: shown on a check ledger, its policy not marked, not held.

    Source: ledger notes §2.5 and §2.6; architecture notes §7.16.
    """
    shown, hold = tables.CheckLedgerLine, tables.Hold
    return pending(agreement_code).where(
        exists().where(same_state(shown, History)),
        History.policy_number.not_in(select(hold.policy_number)),
        History.policy_number.not_in(_marked()),
    )


def _marked() -> Select[str]:
    # Of a policy nothing becomes final while anything of it is in error.
    mark, state = tables.Mark, aliased(History)
    still_so = state.known_to.is_(None) & (state.status != "CANCELLED")
    return select(mark.policy_number).join(state, same_state(state, mark)).where(still_so)
