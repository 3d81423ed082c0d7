"""Reads of approvals and bank accounts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..errors import ApprovalNotFound, BankAccountNotFound


async def approval(tx: AsyncSession, approval_id: str, *, locked: bool = False) -> tables.Approval:
    """Find a request for approval.

    Raises: ApprovalNotFound.
    """
    key = (tx.info["tenant"], approval_id)
    found = await tx.get(tables.Approval, key, with_for_update=locked)
    if found is None:
        raise ApprovalNotFound
    return found


def approvals() -> Select[tables.Approval]:
    """All requests for approval of the transaction's tenant."""
    return select(tables.Approval)


async def accounts_in_force(tx: AsyncSession, now: datetime) -> Sequence[tables.BankAccount]:
    """The bank accounts money is paid to now: the newest revision in force of each."""
    row = tables.BankAccount
    newest = (
        select(row)
        .where(row.in_force_from <= now, row.cancelled.is_(False))
        .order_by(row.bank_account_id, row.revision.desc())
        .ext(distinct_on(row.bank_account_id))
    )
    return [it for it in await tx.scalars(newest) if not it.deleted]


async def account_in_force(
    tx: AsyncSession, bank_account_id: str, now: datetime
) -> tables.BankAccount:
    """Find a bank account as it is in force now.

    Raises: BankAccountNotFound.
    """
    for account in await accounts_in_force(tx, now):
        if account.bank_account_id == bank_account_id:
            return account
    raise BankAccountNotFound


async def last_revision(tx: AsyncSession, bank_account_id: str) -> int:
    """Count the revisions of a bank account."""
    row = tables.BankAccount
    last = select(func.max(row.revision)).where(row.bank_account_id == bank_account_id)
    return await tx.scalar(last) or 0


async def accounts_of_approval(tx: AsyncSession, approval_id: str) -> Sequence[tables.BankAccount]:
    """The bank account an approval has made, to be cancelled with it."""
    made = select(tables.BankAccount).where(tables.BankAccount.approval_id == approval_id)
    return (await tx.scalars(made)).all()
