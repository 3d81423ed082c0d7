"""Acts on policyholders (保険利用者)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.etags import match
from libs.common.outbox import announce
from libs.common.wire import new_id

from .. import events, queries, tables
from .acting import Acting
from .history import Deed
from .platform import at_platform
from .revocations import revoke
from .sessions import end_sessions


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
    is_suspended = row is not None and row.active and not record.active
    if row is None:
        row = tables.Policyholder(tenant=code, version=0)
        tx.add(row)
    row.name_ja, row.name_en = record.name_ja, record.name_en
    row.short_name_ja, row.active = record.short_name_ja, record.active
    row.version += 1
    row.updated_at = at
    await tx.flush()
    if is_suspended:
        await _shut_out(tx, datetime.now(UTC))

    # Every service copies this record, whoever its tenant is.
    await act_for(tx, PLATFORM)
    await announce(tx, _state_of(row))
    return row, is_new


async def change_policyholder(
    tx: AsyncSession, acting: Acting, changes: Mapping[str, str | None], seen_version: int
) -> tables.Policyholder:
    """Change one's own company's data (保険利用者情報変更); code and names are the register's.

    Raises: PolicyholderNotFound, PreconditionRequired, PreconditionFailed.
    """
    code = acting.caller.tenant
    row = await queries.policyholder(tx, code, locked=True)
    match(seen_version, row.version)
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = acting.now
    async with at_platform(tx):
        await announce(tx, _state_of(row))
    changed = acting.hashed(**{name: value or "" for name, value in changes.items()})
    await acting.note(tx, Deed("policyholder.change", target=code, changed=changed))
    return row


async def _shut_out(tx: AsyncSession, now: datetime) -> None:
    """End whatever a suspended policyholder's users and programs hold, or have begun."""
    await tx.execute(delete(tables.SignIn))
    await end_sessions(tx, await queries.living_sessions(tx), "policyholder-suspended", now)
    for client in await queries.all_active_clients(tx):
        await revoke(tx, client.key_set_id, now)
        # A new id, so that the client is not shut out for good when the company is back.
        client.key_set_id = new_id("keyset")


def _state_of(row: tables.Policyholder) -> events.PolicyholderState:
    return events.PolicyholderState(
        policyholder_code=row.tenant,
        name_ja=row.name_ja,
        name_en=row.name_en,
        short_name_ja=row.short_name_ja,
        active=row.active,
    )
