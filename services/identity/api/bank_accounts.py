"""`/bank-accounts`: where money is paid to (振込口座); changed by approval alone."""

from typing import Literal

from fastapi import Request

from libs.common.answers import may_answer
from libs.common.problem_codes import StepUpRequired
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import requires
from libs.common.wire import Instant, Output

from .. import queries, tables
from ..actions import bank_accounts
from ..errors import BankAccountNotFound
from .approval_shapes import AccountNumber, BankAccountId, masked
from .desk import Act, RealNow

router = Router(tags=["bank-accounts"], dependencies=[requires("bank-accounts:read")])


class BankAccount(Output):
    """A bank account in force (振込口座), masked."""

    bank_account_id: BankAccountId
    bank_code: str
    branch_code: str
    kind: Literal["ORDINARY", "CURRENT"]
    number_masked: str
    holder_kana: str
    in_force_from: Instant


class BankAccountList(Output):
    """Every bank account in force."""

    items: list[BankAccount]
    next_cursor: None


class RevealedNumber(Output):
    """The full number of an account; that it was shown is in the access history."""

    number: AccountNumber | None


@router.get("/bank-accounts", openapi_extra={"x-summary-ja": "口座の一覧"})
async def list_bank_accounts(tx: Reading, now: RealNow) -> BankAccountList:
    """List the accounts money is paid to now, masked."""
    rows = await queries.accounts_in_force(tx, now)
    return BankAccountList(items=[_shown(row) for row in rows], next_cursor=None)


@router.get(
    "/bank-accounts/{bank_account_id}",
    responses=may_answer(BankAccountNotFound),
    openapi_extra={"x-summary-ja": "口座の照会"},
)
async def get_bank_account(
    bank_account_id: BankAccountId, tx: Reading, now: RealNow
) -> BankAccount:
    """Read one account as it is in force now, masked."""
    return _shown(await queries.account_in_force(tx, bank_account_id, now))


@router.post(
    "/bank-accounts/{bank_account_id}/reveal",
    dependencies=[requires("bank-accounts:reveal")],
    responses=may_answer(BankAccountNotFound, StepUpRequired),
    openapi_extra={"x-summary-ja": "口座番号の表示"},
)
async def reveal_bank_account(
    bank_account_id: BankAccountId, acting: Act, tx: Transaction, request: Request
) -> RevealedNumber:
    """Show the full number of an account; a replay of the request does not."""
    number = await bank_accounts.reveal(tx, acting, bank_account_id)
    request.state.shown_once = ("number",)
    return RevealedNumber(number=number)


def _shown(row: tables.BankAccount) -> BankAccount:
    return BankAccount(
        bank_account_id=row.bank_account_id,
        bank_code=row.bank_code,
        branch_code=row.branch_code,
        kind="ORDINARY" if row.kind == "ORDINARY" else "CURRENT",
        number_masked=masked(row.number_tail),
        holder_kana=row.holder_kana,
        in_force_from=row.in_force_from,
    )
