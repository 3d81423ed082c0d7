"""Every branch of contracts as it stands, with all its items, read in frames of text."""

from collections.abc import AsyncIterator
from typing import Any

import polars as pl
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import distinct_on

from libs.common.database import Databases

from .. import tables
from ..domain.states import CANCELLED
from .bulk import copy_out, written_out
from .contracts import ContractFilter, contracts
from .items import OF_THE_HISTORY, PLAIN_ITEMS

Contract, History = tables.Contract, tables.ContractHistory

OF_THE_BRANCH = (
    Contract.policy_number,
    Contract.agreement_code,
    Contract.status.label("contract_status"),
    Contract.received_on,
    History.branch_number,
    History.history_number,
    History.revision,
    Contract.lateness,
)
_CONTRACTS_AT_ONCE = 2_000


def branches(wanted: ContractFilter) -> Select[*tuple[Any, ...]]:
    """Select the last state of each branch of the contracts that fit.

    Of a branch with nothing but cancelled histories the last of them is told.
    """
    names = ("applicant_code", *OF_THE_HISTORY, *PLAIN_ITEMS, "settlements")
    items = (getattr(Contract if name == "applicant_code" else History, name) for name in names)
    same = (History.tenant == Contract.tenant) & (History.policy_number == Contract.policy_number)
    return (
        contracts(wanted)
        .with_only_columns(*OF_THE_BRANCH, *items)
        .join(History, same)
        .where(History.known_to.is_(None), History.valid_to.is_(None))
        .ext(distinct_on(Contract.policy_number, History.branch_number))
        .order_by(
            Contract.policy_number,
            History.branch_number,
            History.status == CANCELLED,
            History.history_number.desc(),
        )
    )


async def frames(
    databases: Databases, tenant: str, wanted: ContractFilter
) -> AsyncIterator[pl.DataFrame]:
    """Read the branches of the contracts that fit, some thousand contracts at a time.

    Shape: `OF_THE_BRANCH`, then `applicant_code`, `OF_THE_HISTORY`, `PLAIN_ITEMS` and
    `settlements`, all as text.
    """
    every = branches(ContractFilter()).where(Contract.tenant == tenant)
    names = [column.name for column in every.selected_columns]
    number = Contract.policy_number
    numbers = contracts(wanted).with_only_columns(number).order_by(number)
    after = ""
    async with databases.tenant(tenant) as tx:
        # By number: however many contracts there are, a part of them takes the same memory.
        while found := (
            await tx.scalars(numbers.where(number > after).limit(_CONTRACTS_AT_ONCE))
        ).all():
            after = found[-1]
            yield await copy_out(tx, written_out(every.where(number.in_(found))), names)
