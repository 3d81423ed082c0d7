"""Reads of people: users, what they sign in with, and their sessions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM
from libs.common.driver import Row, Statement

from .. import tables
from ..domain.sessions import IDLE, LONGEST
from ..errors import RegistrationNotFound, SessionNotFound, UserNotFound

ADMINISTRATOR = "ADMINISTRATOR"
APPLICANT = "APPLICANT"
DISABLED = "DISABLED"


Person = tables.User | Row
"""A user, as the session holds them or as the driver has read them."""

_LOGIN = Statement("""
SELECT policyholder_code, user_id FROM login_directory
WHERE tenant = 'platform' AND login_id = :login_id
""")
_NETWORKS = Statement("""
SELECT networks FROM ip_restrictions
WHERE tenant = 'platform' AND policyholder_code = :policyholder_code AND enabled
""")
_MEMBER = """
SELECT users.*, policyholders.active AS is_served
FROM users JOIN policyholders USING (tenant)
WHERE users.tenant = :tenant AND users.user_id = :user_id
"""
_READ_MEMBER, _LOCK_MEMBER = Statement(_MEMBER), Statement(_MEMBER + "FOR UPDATE OF users")


async def login_entry(tx: AsyncSession, login_id: str) -> Row | None:
    """Tell whose a login id is, in a transaction of the platform."""
    return await _LOGIN.row(tx, login_id=login_id)


async def networks(tx: AsyncSession, policyholder_code: str) -> list[str] | None:
    """Name the only ranges a policyholder's callers may come from, at the platform; or None."""
    ranges: list[str] | None = await _NETWORKS.value(tx, policyholder_code=policyholder_code)
    return ranges


async def member(tx: AsyncSession, user_id: str, *, locked: bool = False) -> Row:
    """Find a user of the transaction's tenant, and whether their company `is_served`.

    Raises: UserNotFound.
    """
    asked = _LOCK_MEMBER if locked else _READ_MEMBER
    found = await asked.row(tx, tenant=tx.info["tenant"], user_id=user_id)
    if found is None:
        raise UserNotFound
    return found


async def user(tx: AsyncSession, user_id: str, *, locked: bool = False) -> tables.User:
    """Find a user of the transaction's tenant.

    Raises: UserNotFound.
    """
    found = await tx.get(tables.User, (tx.info["tenant"], user_id), with_for_update=locked)
    if found is None:
        raise UserNotFound
    return found


def users() -> Select[tables.User]:
    """All users of the transaction's tenant."""
    return select(tables.User)


async def has_users(tx: AsyncSession) -> bool:
    """Tell whether the tenant has any user."""
    return (await tx.scalars(select(tables.User.user_id).limit(1))).first() is not None


async def active_administrators(tx: AsyncSession) -> Sequence[tables.User]:
    """The tenant's active administrators, locked: who removes one must know who is left."""
    row = tables.User
    active = select(row).where(row.role == ADMINISTRATOR, row.status == "ACTIVE")
    return (await tx.scalars(active.order_by(row.user_id).with_for_update())).all()


async def sign_in(
    tx: AsyncSession, handle_hash: bytes, *, locked: bool = False
) -> tables.SignIn | None:
    """Find a sign-in half done."""
    key = (tx.info["tenant"], handle_hash)
    return await tx.get(tables.SignIn, key, with_for_update=locked)


async def refresh_token(tx: AsyncSession, token_hash: bytes) -> tables.RefreshToken | None:
    """Find a refresh token, and lock it."""
    return await tx.get(tables.RefreshToken, (tx.info["tenant"], token_hash), with_for_update=True)


async def session_of_token(tx: AsyncSession, token_hash: bytes) -> tables.UserSession | None:
    """Find the session a refresh token belongs to, used or not."""
    token = await tx.get(tables.RefreshToken, (tx.info["tenant"], token_hash))
    return await user_session(tx, token.session_id, locked=True) if token else None


async def user_session(
    tx: AsyncSession, session_id: str, *, locked: bool = False
) -> tables.UserSession:
    """Find a session of the transaction's tenant.

    Raises: SessionNotFound.
    """
    key = (tx.info["tenant"], session_id)
    found = await tx.get(tables.UserSession, key, with_for_update=locked)
    if found is None:
        raise SessionNotFound
    return found


async def living_sessions(
    tx: AsyncSession, user_id: str | None = None
) -> Sequence[tables.UserSession]:
    """Sessions nobody has ended, of one user or of all the tenant's; the longest unused first."""
    row = tables.UserSession
    living = select(row).where(row.ended_at.is_(None))
    if user_id is not None:
        living = living.where(row.user_id == user_id)
    return (await tx.scalars(living.order_by(row.last_used_at).with_for_update())).all()


def open_sessions(now: datetime) -> Select[tables.UserSession]:
    """Sessions that can still be used, of all the tenant's users."""
    row = tables.UserSession
    return select(tables.UserSession).where(
        row.ended_at.is_(None), row.last_used_at >= now - IDLE, row.started_at >= now - LONGEST
    )


async def registration(
    tx: AsyncSession, registration_id: str, *, locked: bool = False
) -> tables.Registration:
    """Find a registration, in a transaction of the platform.

    Raises: RegistrationNotFound.
    """
    key = (PLATFORM, registration_id)
    found = await tx.get(tables.Registration, key, with_for_update=locked)
    if found is None:
        raise RegistrationNotFound
    return found


async def ip_restriction(tx: AsyncSession, policyholder_code: str) -> tables.IpRestriction | None:
    """Find a policyholder's address restriction, in a transaction of the platform."""
    return await tx.get(tables.IpRestriction, (PLATFORM, policyholder_code))


async def ip_restrictions(
    tx: AsyncSession, of: Collection[str] | None
) -> Sequence[tables.IpRestriction]:
    """The restrictions of some policyholders, or all that are on; for the platform."""
    row = tables.IpRestriction
    wanted = row.enabled if of is None else row.policyholder_code.in_(of)
    return (await tx.scalars(select(row).where(wanted))).all()


def registrations() -> Select[tables.Registration]:
    """All registrations, in a transaction of the platform."""
    return select(tables.Registration)
