"""The items of the histories that a ledger's lines name: what is written out in full."""

from typing import Any

from sqlalchemy import Select, select, true

from .. import tables
from ..domain.states import ITEMS
from .cycle import History, same_state

OF_THE_HISTORY = (
    "status",
    "processing_type",
    "change_reason",
    "contract_change_date",
    "original_branch_number",
    "valid_from",
)
PLAIN_ITEMS = tuple(column.name for column in ITEMS if column.slot is None)


def with_items(
    statement: Select[Any], line: type[tables.CheckLedgerLine | tables.FixedLedgerLine]
) -> Select[Any]:
    """Add to lines the items of the histories they name (台帳の各項目).

    Shape: adds `applicant_code`, then `OF_THE_HISTORY`, `PLAIN_ITEMS` and `settlements`; all null
    for a line that names no history.
    """
    # A revision may have been told again with another end; its content never differs.
    told = (
        select(History)
        .where(same_state(History, line))
        .order_by(History.known_from)
        .limit(1)
        .lateral("told")
    )
    contract = tables.Contract
    owner = (contract.tenant == line.tenant) & (contract.policy_number == line.policy_number)
    names = (*OF_THE_HISTORY, *PLAIN_ITEMS, "settlements")
    return (
        statement.outerjoin(contract, owner)
        .outerjoin(told, true())
        .add_columns(contract.applicant_code, *(told.c[name] for name in names))
    )
