"""Significant delays (著しい遅滞) of an agreement, numbered as they were received."""

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.partition import FIRST_BRANCH
from ..domain.states import FIRST_HISTORY

_Contract, _History = tables.Contract, tables.ContractHistory


def delays(agreement_code: str) -> Select[str, int]:
    """Select the policies that were significantly late, each with its number in the agreement.

    Counted are those from before the platform, then each in the order of days, files and rows:
    whichever part of a file was applied first, the numbers are the same.

    Source: ledger notes §2, A25.
    """
    agreement = tables.Agreement
    row = (
        select(func.min(_History.upload_row))
        .where(
            _History.tenant == _Contract.tenant,
            _History.policy_number == _Contract.policy_number,
            _History.branch_number == FIRST_BRANCH,
            _History.history_number == FIRST_HISTORY,
            _History.revision == 0,
        )
        .scalar_subquery()
    )
    # Behind its prefix an id sorts by time, be it of a file or of an entry.
    received = (_Contract.received_on, func.split_part(_Contract.upload_id, "_", 2), row)
    number = agreement.significant_delay_count + func.row_number().over(order_by=received)
    return (
        select(_Contract.policy_number, number.label("number"))
        .join(agreement, agreement.agreement_code == _Contract.agreement_code)
        .where(
            _Contract.agreement_code == agreement_code, _Contract.lateness == "SIGNIFICANT_DELAY"
        )
    )


async def delay_number(tx: AsyncSession, contract: tables.Contract) -> int | None:
    """Tell which significant delay of its agreement a contract is, if it is one."""
    if contract.lateness != "SIGNIFICANT_DELAY":
        return None
    numbered = delays(contract.agreement_code).subquery()
    own = numbered.c.policy_number == contract.policy_number
    number: int | None = await tx.scalar(select(numbered.c.number).where(own))
    return number
