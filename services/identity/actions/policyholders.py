"""Acts on policyholders (保険利用者)."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.etags import match
from libs.common.outbox import announce

from .. import events, tables


@dataclass(frozen=True, slots=True)
class PolicyholderRecord:
    """What staff enter for a policyholder."""

    policyholder_code: str
    name_ja: str
    name_en: str
    short_name_ja: str | None
    active: bool


async def enter_policyholder(
    tx: AsyncSession, record: PolicyholderRecord, seen_version: int | None, at: datetime
) -> tuple[tables.Policyholder, bool]:
    """Register a policyholder (保険利用者登録), or replace its record.

    Returns the row, and whether it is new. Raises: PreconditionRequired, PreconditionFailed.
    """
    code = record.policyholder_code
    await act_for(tx, code)
    # Locked: of two who replace one record, the second finds its version stale.
    row = await tx.get(tables.Policyholder, code, with_for_update=True)
    match(seen_version, row.version if row else None)

    is_new = row is None
    if row is None:
        row = tables.Policyholder(tenant=code, version=0)
        tx.add(row)
    row.name_ja, row.name_en = record.name_ja, record.name_en
    row.short_name_ja, row.active = record.short_name_ja, record.active
    row.version += 1
    row.updated_at = at
    await tx.flush()

    # Every service copies this record, whoever its tenant is.
    await act_for(tx, PLATFORM)
    await announce(tx, events.PolicyholderState(**asdict(record)))
    return row, is_new
