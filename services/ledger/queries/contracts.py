"""Named reads of contracts: as things stand, as they were on a day, as they were known then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..errors import ContractNotFound

History = tables.ContractHistory


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """Which contracts are asked for; an empty part asks for all."""

    agreement_codes: Sequence[str] = ()
    statuses: Sequence[str] = ()
    upload_id: str | None = None
    updated_at_from: datetime | None = None


def contracts(wanted: ContractFilter) -> Select[tables.Contract]:
    """Select the contracts that fit, for paging."""
    contract = tables.Contract
    statement = select(contract)
    if wanted.agreement_codes:
        statement = statement.where(contract.agreement_code.in_(wanted.agreement_codes))
    if wanted.statuses:
        statement = statement.where(contract.status.in_(wanted.statuses))
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

    Without a day the last state of each branch counts, without a moment what is known now.
    Raises: ContractNotFound when nothing was known then.
    """
    statement = select(History).where(History.policy_number == policy_number, _known(known_at))
    statement = statement.where(_valid(as_of)).order_by(
        History.branch_number, History.history_number
    )
    found = (await tx.scalars(statement)).all()
    if not found:
        raise ContractNotFound
    return found


async def histories(
    tx: AsyncSession, policy_number: str, known_at: datetime | None
) -> Sequence[History]:
    """Read every state each branch went through (履歴), as it was known at a moment."""
    statement = (
        select(History)
        .where(History.policy_number == policy_number, _known(known_at))
        .order_by(History.branch_number, History.history_number)
    )
    found = (await tx.scalars(statement)).all()
    if not found:
        raise ContractNotFound
    return found


def _known(at: datetime | None) -> ColumnElement[bool]:
    if at is None:
        return History.known_to.is_(None)
    return (History.known_from <= at) & or_(History.known_to.is_(None), History.known_to > at)


def _valid(on: date | None) -> ColumnElement[bool]:
    if on is None:
        return History.valid_to.is_(None)
    return (History.valid_from <= on) & or_(History.valid_to.is_(None), History.valid_to > on)
