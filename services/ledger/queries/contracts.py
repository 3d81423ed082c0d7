"""Named reads of contracts: as things stand, as they were on a day, as they were known then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import today_in_japan

from .. import tables
from ..domain.states import CANCELLED
from ..errors import ContractNotFound

History = tables.ContractHistory


@dataclass(frozen=True, slots=True)
class Finalisation:
    """When a history became final (確定日), and when its premium was invoiced (保険料請求日)."""

    finalised_on: date | None = None
    invoiced_on: date | None = None

    def as_known_at(self, known_at: datetime | None) -> Self:
        """Leave out an invoice that was issued later."""
        if known_at is None or self.invoiced_on is None:
            return self
        was_known = self.invoiced_on <= today_in_japan(known_at)
        return self if was_known else replace(self, invoiced_on=None)


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts are asked for; an empty part asks for all."""

    agreement_codes: Sequence[str] = ()
    statuses: Sequence[str] = ()
    upload_id: str | None = None
    updated_at_from: datetime | None = None
    lateness: Sequence[str] = ()
    received_on_from: date | None = None
    received_on_to: date | None = None


def contracts(wanted: ContractFilter) -> Select[tables.Contract]:
    """Select the contracts that fit, for paging."""
    contract = tables.Contract
    statement = select(contract)
    if wanted.agreement_codes:
        statement = statement.where(contract.agreement_code.in_(wanted.agreement_codes))
    if wanted.statuses:
        statement = statement.where(contract.status.in_(wanted.statuses))
    if wanted.lateness:
        statement = statement.where(contract.lateness.in_(wanted.lateness))
    if wanted.received_on_from is not None:
        statement = statement.where(contract.received_on >= wanted.received_on_from)
    if wanted.received_on_to is not None:
        statement = statement.where(contract.received_on <= wanted.received_on_to)
    if wanted.upload_id is not None:
        statement = statement.where(contract.upload_id == wanted.upload_id)
    if wanted.updated_at_from is not None:
        statement = statement.where(contract.updated_at >= wanted.updated_at_from)
    return statement


async def contract(tx: AsyncSession, policy_number: str) -> tables.Contract:
    """Find a contract.

    Raises: ContractNotFound.
    """
    found = await tx.get(tables.Contract, (tx.info["tenant"], policy_number))
    if found is None:
        raise ContractNotFound
    return found


async def branches(
    tx: AsyncSession, policy_number: str, as_of: date | None, known_at: datetime | None
) -> Sequence[History]:
    """Read what holds of each branch on a day, as it was known at a moment.

    Without a day the last state of each branch counts, without a moment what is known now. Of a
    branch with nothing but cancelled histories the last of them is told.
    Raises: ContractNotFound when nothing was known then.
    """
    statement = select(History).where(History.policy_number == policy_number, _known(known_at))
    statement = statement.where(_valid(as_of))
    last_first = (History.status == CANCELLED, History.history_number.desc())
    statement = statement.ext(distinct_on(History.branch_number))
    found = (await tx.scalars(statement.order_by(History.branch_number, *last_first))).all()
    if not found:
        raise ContractNotFound
    return found


async def histories(
    tx: AsyncSession, policy_number: str, known_at: datetime | None
) -> Sequence[History]:
    """Read every state each branch went through (履歴), as it was known at a moment.

    Raises: ContractNotFound when nothing was known then.
    """
    statement = (
        select(History)
        .where(History.policy_number == policy_number, _known(known_at))
        .order_by(History.branch_number, History.history_number)
    )
    found = (await tx.scalars(statement)).all()
    if not found:
        raise ContractNotFound
    return found


async def finalisations(
    tx: AsyncSession, policy_number: str, known_at: datetime | None
) -> Mapping[tuple[str, str], Finalisation]:
    """Read when each history of a contract became final, by branch and history.

    Each counts from its first finalisation, in whichever revision it was then.
    """
    line, ledger = tables.FixedLedgerLine, tables.FixedLedger
    invoiced_on = func.min(ledger.invoiced_on)
    statement = (
        select(line.branch_number, line.history_number, func.min(ledger.published_on), invoiced_on)
        .join(ledger, (ledger.tenant == line.tenant) & (ledger.id == line.fixed_ledger_id))
        .where(line.policy_number == policy_number)
        .group_by(line.branch_number, line.history_number)
    )
    if known_at is not None:
        statement = statement.where(ledger.published_at <= known_at)
    found = {(row[0], row[1]): Finalisation(row[2], row[3]) for row in await tx.execute(statement)}
    return {key: it.as_known_at(known_at) for key, it in found.items()}


def _known(at: datetime | None) -> ColumnElement[bool]:
    if at is None:
        return History.known_to.is_(None)
    return (History.known_from <= at) & or_(History.known_to.is_(None), History.known_to > at)


def _valid(on: date | None) -> ColumnElement[bool]:
    if on is None:
        return History.valid_to.is_(None)
    return (History.valid_from <= on) & or_(History.valid_to.is_(None), History.valid_to > on)
