"""Special agreements (特約): entered by staff, told to every service."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.etags import match
from libs.common.outbox import announce

from .. import events, tables
from ..domain.agreement import SpecialAgreement
from ..errors import AgreementHeldByAnother


async def enter_special_agreement(
    tx: AsyncSession, agreement: SpecialAgreement, seen_version: int | None, at: datetime
) -> tuple[tables.SpecialAgreement, bool]:
    """Enter a special agreement (特約の締結・更改), or replace its record.

    Returns the row, and whether it is new.
    Raises: AgreementHeldByAnother, PreconditionRequired, PreconditionFailed.
    """
    await _give_code(tx, agreement)

    await act_for(tx, agreement.policyholder_code)
    key = (agreement.policyholder_code, agreement.agreement_code)
    row = await tx.get(tables.SpecialAgreement, key, with_for_update=True)
    match(seen_version, row.version if row else None)
    is_new = row is None
    if row is None:
        row = tables.SpecialAgreement(tenant=agreement.policyholder_code, version=0)
        tx.add(row)
    for name, value in _columns_of(agreement).items():
        setattr(row, name, value)
    row.version, row.updated_at = row.version + 1, at
    await tx.flush()

    # All services copy agreements, so the fact is the platform's and not the holder's.
    await act_for(tx, PLATFORM)
    await announce(tx, _state_of(agreement))
    return row, is_new


async def _give_code(tx: AsyncSession, agreement: SpecialAgreement) -> None:
    """Give a code to its holder, once and for all."""
    holder = tables.AgreementHolder
    await tx.execute(
        insert(holder)
        .values(
            agreement_code=agreement.agreement_code, policyholder_code=agreement.policyholder_code
        )
        .on_conflict_do_nothing()
    )
    # Locked: of two who enter one code, the second sees what the first has entered.
    given = (
        select(holder.policyholder_code)
        .where(holder.agreement_code == agreement.agreement_code)
        .with_for_update()
    )
    if await tx.scalar(given) != agreement.policyholder_code:
        raise AgreementHeldByAnother


def _columns_of(agreement: SpecialAgreement) -> dict[str, object]:
    """Lay an agreement out in the columns of its table."""
    columns = asdict(agreement)
    del columns["policyholder_code"]
    cover: dict[str, object] = columns.pop("cover")
    minimum = columns.pop("minimum_increase_amount")
    sample = cover.pop("sample")
    return columns | cover | {"cover_is_sample": sample, "minimum_increase_yen": minimum["amount"]}


def _state_of(agreement: SpecialAgreement) -> events.SpecialAgreementState:
    record = asdict(agreement)
    yen = agreement.minimum_increase_amount.amount
    return events.SpecialAgreementState(**record | {"minimum_increase_amount": yen})
