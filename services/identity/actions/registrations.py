"""Registrations (保険利用者登録): a company asks, staff decide, its first administrator begins."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.etags import match
from libs.common.wire import new_id

from .. import queries, tables
from ..domain import throttling
from ..errors import PolicyholderHasUsers, RegistrationDecided, RegistrationNotFound
from .acting import Acting
from .activation import send_code
from .codes import fingerprint
from .desk import Desk, Origin
from .history import Deed
from .policyholders import PolicyholderRecord, enter_policyholder
from .throttling import count, source
from .users import NewUser, create_user


@dataclass(frozen=True, slots=True)
class Application:
    """What a company says of itself and of its first administrator."""

    name_ja: str
    name_en: str
    administrator_name: str
    administrator_mail: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff decide, why, and for whom; `policyholder_code` only with a yes."""

    policyholder_code: str | None
    reason_ja: str
    reason_en: str


async def count_applications(desk: Desk, origin: Origin, now: datetime) -> None:
    """Count what strangers send from one address: ten in an hour will do.

    Raises: RateLimited.
    """
    from_here = source(origin.address, throttling.MAIL_FROM_SOURCE)
    await count(desk.databases, throttling.MAIL_FROM_SOURCE, from_here, now)


async def apply(
    tx: AsyncSession, application: Application, at: datetime
) -> tuple[tables.Registration, str]:
    """Ask to be registered; gives the registration and the token that shows its state."""
    token = token_urlsafe(32)
    registration = tables.Registration(
        tenant=PLATFORM,
        registration_id=new_id("registration"),
        token_hash=fingerprint(token),
        name_ja=application.name_ja,
        name_en=application.name_en,
        administrator_name=application.administrator_name,
        administrator_mail=application.administrator_mail,
        status="SUBMITTED",
        policyholder_code=None,
        reason_ja=None,
        reason_en=None,
        received_at=at,
        decided_at=None,
        decided_by=None,
        version=1,
        updated_at=at,
    )
    tx.add(registration)
    await tx.flush()
    return registration, token


async def show(tx: AsyncSession, registration_id: str, token: str) -> tables.Registration:
    """Show a registration to whoever holds its token.

    Raises: RegistrationNotFound, also for a wrong token.
    """
    found = await queries.registration(tx, registration_id)
    if not hmac.compare_digest(found.token_hash, fingerprint(token)):
        raise RegistrationNotFound
    return found


async def accept(
    tx: AsyncSession,
    acting: Acting,
    registration_id: str,
    decision: Decision,
    seen_version: int,
) -> tables.Registration:
    """Accept a registration: the policyholder is entered, its administrator gets a code.

    Raises: RegistrationNotFound, RegistrationDecided, PolicyholderHasUsers, PreconditionFailed.
    """
    at = acting.now
    row = await _decided(tx, acting, registration_id, "ACCEPTED", decision, seen_version)
    code = decision.policyholder_code or ""
    await tx.flush()
    await act_for(tx, code)
    if await queries.has_users(tx):
        raise PolicyholderHasUsers
    if await tx.get(tables.Policyholder, code) is None:
        entry = PolicyholderRecord(code, row.name_ja, row.name_en, None, active=True)
        await enter_policyholder(tx, entry, None, at)
        await act_for(tx, code)
    wish = NewUser(row.administrator_name, row.administrator_mail, queries.ADMINISTRATOR)
    user = await create_user(tx, wish, at)
    await send_code(tx, acting.desk.kek, user, at)
    await acting.note(tx, Deed("user.create", target=user.user_id))
    await act_for(tx, PLATFORM)
    await acting.note(tx, Deed("registration.accept", target=registration_id))
    return row


async def reject(
    tx: AsyncSession, acting: Acting, registration_id: str, decision: Decision, seen_version: int
) -> tables.Registration:
    """Reject a registration, for a reason its company can read.

    Raises: RegistrationNotFound, RegistrationDecided, PreconditionFailed.
    """
    row = await _decided(tx, acting, registration_id, "REJECTED", decision, seen_version)
    await acting.note(tx, Deed("registration.reject", target=registration_id))
    return row


async def _decided(
    tx: AsyncSession,
    acting: Acting,
    registration_id: str,
    status: str,
    decision: Decision,
    seen_version: int,
) -> tables.Registration:
    # Locked: of two who decide, the second finds it done.
    row = await queries.registration(tx, registration_id, locked=True)
    match(seen_version, row.version)
    if row.status != "SUBMITTED":
        raise RegistrationDecided
    row.status, row.policyholder_code = status, decision.policyholder_code
    row.reason_ja, row.reason_en = decision.reason_ja, decision.reason_en
    row.decided_at = row.updated_at = acting.now
    row.decided_by = acting.caller.subject
    row.version += 1
    return row
