"""Bank accounts (振込口座): made by approvals alone, shown masked, revealed on the record."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.wire import new_id

from .. import queries, tables
from ..domain.approvals import (
    AccountChange,
    AccountCreation,
    AccountDeletion,
    BankDetails,
    comes_into_force,
)
from .acting import Acting
from .history import Deed
from .sealing import KeyEncryptionKey, Place

_TAIL = 3


async def put_into_force(
    tx: AsyncSession,
    kek: KeyEncryptionKey,
    approval: tables.Approval,
    content: AccountCreation | AccountChange | AccountDeletion,
    now: datetime,
) -> None:
    """Write down what an approval makes of an account, from when it will count.

    Raises: BankAccountNotFound, if what is to change is no longer there.
    """
    starts = comes_into_force(content, now)
    if isinstance(content, AccountCreation):
        account_id = new_id("bank_account")
        tx.add(_account(kek, approval, account_id, 1, content.account, starts))
        return
    current = await queries.account_in_force(tx, content.bank_account_id, now)
    revision = 1 + await queries.last_revision(tx, current.bank_account_id)
    details = content.account if isinstance(content, AccountChange) else opened(kek, current)
    row = _account(kek, approval, current.bank_account_id, revision, details, starts)
    row.deleted = isinstance(content, AccountDeletion)
    tx.add(row)


async def reveal(tx: AsyncSession, acting: Acting, bank_account_id: str) -> str:
    """Tell the full number of an account in force, and write down who asked.

    Raises: BankAccountNotFound.
    """
    row = await queries.account_in_force(tx, bank_account_id, acting.now)
    number = opened(acting.desk.kek, row).number
    await acting.note(tx, Deed("bank-account.reveal", target=bank_account_id))
    return number


def opened(kek: KeyEncryptionKey, row: tables.BankAccount) -> BankDetails:
    """Open an account's number.

    Raises: SealBroken.
    """
    number = kek.open(row.sealed_number, place(row)).decode()
    return BankDetails(row.bank_code, row.branch_code, row.kind, number, row.holder_kana)


def _account(
    kek: KeyEncryptionKey,
    approval: tables.Approval,
    account_id: str,
    revision: int,
    details: BankDetails,
    starts: datetime,
) -> tables.BankAccount:
    return tables.BankAccount(
        tenant=approval.tenant,
        bank_account_id=account_id,
        revision=revision,
        approval_id=approval.approval_id,
        bank_code=details.bank_code,
        branch_code=details.branch_code,
        kind=details.kind,
        holder_kana=details.holder_kana,
        number_tail=details.number[-_TAIL:],
        sealed_number=kek.seal(details.number.encode(), _at(approval.tenant, account_id)),
        encryption_key_id=kek.id,
        deleted=False,
        cancelled=False,
        in_force_from=starts,
    )


def place(row: tables.BankAccount) -> Place:
    """Say where an account's number belongs."""
    return _at(row.tenant, row.bank_account_id)


def _at(tenant: str, account_id: str) -> Place:
    return Place("bank-number", tenant, "bank_accounts", account_id)
