"""A loss notice between its row and the rules: what it says, and what it is judged beside."""

from dataclasses import fields
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.money import Money

from .. import queries, tables
from ..domain.loss_notice import Case, LossNotice, NoticeKind

_PLAIN = [field.name for field in fields(LossNotice) if field.name not in ("kind", "unpaid")]


def content(row: tables.LossNotice) -> LossNotice:
    """Read what a notice says."""
    unpaid = None
    if row.unpaid_amount is not None and row.unpaid_currency is not None:
        unpaid = Money(row.unpaid_amount, row.unpaid_currency)
    plain = {name: getattr(row, name) for name in _PLAIN}
    return LossNotice(kind=NoticeKind(row.kind), unpaid=unpaid, **plain)


def lay_out(row: tables.LossNotice, notice: LossNotice) -> None:
    """Write what a notice says into its row."""
    for name in _PLAIN:
        setattr(row, name, getattr(notice, name))
    row.unpaid_amount = notice.unpaid.amount if notice.unpaid else None
    row.unpaid_currency = notice.unpaid.currency if notice.unpaid else None


async def case_of(tx: AsyncSession, notice: LossNotice, own_id: str, received_on: date) -> Case:
    """Put a notice beside its contract, the other notices on it, and the terms of the day."""
    terms = await queries.terms(tx, received_on)
    if notice.policy_number is None or notice.branch_number is None:
        return Case(notice, None, terms, received_on)
    place = (notice.policy_number, notice.branch_number)
    branch = await queries.branch(tx, *place)
    taken = await queries.open_slots(tx, *place, kind=notice.kind, but=own_id)
    return Case(notice, branch, terms, received_on, taken)
