"""Users (Web利用者): created, changed, disabled; looked after by their administrators."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.etags import match
from libs.common.outbox import announce
from libs.common.problem_codes import LastAdministrator
from libs.common.wire import new_id

from .. import events, queries, tables
from ..domain import letters, throttling
from ..domain.login_ids import folded
from ..errors import NotOneself, UserDisabled, UserEnabled, UserIsAdministrator, UserNotFound
from . import codes, otp
from .acting import Acting
from .activation import send_code
from .codes import ACTIVATION, random_code
from .mails import post
from .platform import at_platform
from .sessions import end_all
from .sign_in import counts_of
from .throttling import count, forgive, subject

Told = TypeVar("Told", bound=events.UserFact)

_TRUSTED_AFTER = timedelta(hours=24)
_LOGIN_ID_LENGTH = 9


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user as they are to be."""

    name: str
    mail: str
    role: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change of a user; None leaves it as it is."""

    name: str | None = None
    mail: str | None = None
    role: str | None = None


async def create_user(tx: AsyncSession, wish: NewUser, at: datetime) -> tables.User:
    """Create a user (Web利用者登録) under a login id of ours; they choose their own password."""
    user = tables.User(
        tenant=tx.info["tenant"],
        user_id=new_id("user"),
        # 45 random bits: nobody has the same, and nobody counts them through.
        login_id="u" + random_code(_LOGIN_ID_LENGTH),
        role=wish.role,
        status=queries.ACTIVE,
        name=wish.name,
        mail=wish.mail,
        password_hash=None,
        otp_required=True,
        sealed_otp_secret=None,
        sealed_pending_secret=None,
        encryption_key_id=None,
        last_otp_step=0,
        trusted_from=at + _TRUSTED_AFTER,
        created_at=at,
        version=1,
        updated_at=at,
    )
    tx.add(user)
    async with at_platform(tx):
        tx.add(
            tables.LoginDirectoryEntry(
                tenant=PLATFORM,
                login_id=user.login_id,
                policyholder_code=user.tenant,
                user_id=user.user_id,
            )
        )
    await announce(tx, _told(events.UserCreated, user))
    return user


async def change_user(tx: AsyncSession, acting: Acting, user: tables.User, change: Change) -> None:
    """Change an applicant's data, or make another administrator an applicant.

    Raises: UserIsAdministrator, LastAdministrator.
    """
    if user.role == queries.ADMINISTRATOR and (change.name or change.mail):
        raise UserIsAdministrator
    user.name = change.name or user.name
    if change.mail is not None and change.mail != user.mail:
        await _move_mail(tx, acting, user, change.mail)
        await end_all(tx, user.user_id, "mail-changed", acting.now)
    if change.role is not None and user.role != change.role:
        await _must_not_be_last(tx, user)
        user.role = change.role
        await end_all(tx, user.user_id, "role-changed", acting.now)
        await announce(tx, _told(events.UserRoleChanged, user))
    _touched(user, acting.now)


async def grant_administrator(tx: AsyncSession, acting: Acting, user: tables.User) -> None:
    """Make an applicant an administrator (管理者); who had no one-time password must enrol."""
    user.role = queries.ADMINISTRATOR
    if not user.otp_required:
        user.otp_required = True
        await send_code(tx, acting.desk.kek, user, acting.now)
    await end_all(tx, user.user_id, "role-changed", acting.now)
    await announce(tx, _told(events.UserRoleChanged, user))
    _touched(user, acting.now)


async def disable_user(tx: AsyncSession, acting: Acting, user: tables.User) -> None:
    """Disable a user (利用停止); whatever they hold stops within seconds.

    Raises: UserDisabled, LastAdministrator.
    """
    if user.status == queries.DISABLED:
        raise UserDisabled
    await _must_not_be_last(tx, user)
    user.status = queries.DISABLED
    await end_all(tx, user.user_id, "disabled", acting.now)
    await announce(tx, _told(events.UserDisabled, user))
    _touched(user, acting.now)


async def enable_user(tx: AsyncSession, acting: Acting, user: tables.User) -> None:
    """Let a disabled user in again.

    Raises: UserEnabled.
    """
    if user.status != queries.DISABLED:
        raise UserEnabled
    user.status = queries.ACTIVE
    await announce(tx, _told(events.UserEnabled, user))
    _touched(user, acting.now)


async def reset_password(tx: AsyncSession, acting: Acting, user: tables.User) -> None:
    """Reset an applicant's password: the old one stops at once, a code goes to their mail.

    Raises: UserIsAdministrator, UserDisabled, NotOneself, RateLimited.
    """
    _check_may_be_reset(user, acting.caller.subject)
    await _count_mail(acting, user)
    user.password_hash = None
    await end_all(tx, user.user_id, "password-reset", acting.now)
    await forgive(tx, *counts_of(acting.desk, user))
    await send_code(tx, acting.desk.kek, user, acting.now)
    _touched(user, acting.now)


async def reset_otp(tx: AsyncSession, acting: Acting, user: tables.User) -> None:
    """Forget an applicant's lost telephone; enrolling anew needs a code from their mail.

    Raises: UserIsAdministrator, UserDisabled, NotOneself, RateLimited.
    """
    _check_may_be_reset(user, acting.caller.subject)
    await _forget_telephone(tx, acting, user)


async def reset_otp_for(tx: AsyncSession, acting: Acting, user: tables.User) -> None:
    """Forget a lost telephone as staff, for an administrator who has no recovery code either.

    Raises: UserDisabled, RateLimited.
    """
    if user.status == queries.DISABLED:
        raise UserDisabled
    await _forget_telephone(tx, acting, user)


async def act_for_owner(tx: AsyncSession, login_id: str) -> str:
    """Turn a staff transaction to whoever a login id belongs to; gives whose it is.

    Raises: UserNotFound.
    """
    entry = await queries.login_entry(tx, folded(login_id))
    if entry is None:
        raise UserNotFound
    await act_for(tx, entry.policyholder_code)
    user_id: str = entry.user_id
    return user_id


async def _forget_telephone(tx: AsyncSession, acting: Acting, user: tables.User) -> None:
    await _count_mail(acting, user)
    otp.disable(user)
    await end_all(tx, user.user_id, "otp-changed", acting.now)
    await forgive(tx, subject(throttling.OTP, user.user_id))
    await send_code(tx, acting.desk.kek, user, acting.now)
    await post(tx, acting.desk.kek, user.mail, letters.notice("otp-changed"))
    _touched(user, acting.now)


async def switch_otp(
    tx: AsyncSession, acting: Acting, user: tables.User, *, required: bool
) -> None:
    """Switch an applicant's one-time password on or off (ワンタイムパスワード使用設定).

    Raises: UserIsAdministrator, UserDisabled, NotOneself.
    """
    _check_may_be_reset(user, acting.caller.subject)
    if user.otp_required == required:
        return
    user.otp_required = required
    otp.disable(user)
    if required:
        await send_code(tx, acting.desk.kek, user, acting.now)
    else:
        await codes.spend(tx, user.user_id, ACTIVATION)
    await post(tx, acting.desk.kek, user.mail, letters.notice("otp-changed"))
    await end_all(tx, user.user_id, "otp-changed", acting.now)
    _touched(user, acting.now)


async def find_for_change(tx: AsyncSession, user_id: str, seen_version: int) -> tables.User:
    """Find a user to act on, locked, as the caller saw them.

    Raises: UserNotFound, PreconditionRequired, PreconditionFailed.
    """
    # The company first: two administrators who act on each other take turns.
    await queries.policyholder(tx, tx.info["tenant"], locked=True)
    user = await queries.user(tx, user_id, locked=True)
    match(seen_version, user.version)
    return user


async def _move_mail(tx: AsyncSession, acting: Acting, user: tables.User, mail: str) -> None:
    """Write to a new address from now on; a code sent to the old one ends."""
    await post(tx, acting.desk.kek, user.mail, letters.notice("mail-changed"))
    user.mail = mail
    await codes.spend(tx, user.user_id, codes.REISSUE)


async def _must_not_be_last(tx: AsyncSession, user: tables.User) -> None:
    left = await queries.active_administrators(tx)
    if {it.user_id for it in left} == {user.user_id}:
        raise LastAdministrator


def _told(kind: type[Told], user: tables.User) -> Told:
    return kind(user_id=user.user_id, policyholder_code=user.tenant, role=user.role)


def _check_may_be_reset(user: tables.User, by: str) -> None:
    if user.user_id == by:
        raise NotOneself
    if user.role == queries.ADMINISTRATOR:
        raise UserIsAdministrator
    if user.status == queries.DISABLED:
        raise UserDisabled


async def _count_mail(acting: Acting, user: tables.User) -> None:
    """Count a code sent to a user: three in an hour, whoever has asked for them."""
    theirs = subject(throttling.MAIL_TO_USER, user.user_id)
    await count(acting.desk.databases, throttling.MAIL_TO_USER, theirs, acting.now)


def _touched(user: tables.User, at: datetime) -> None:
    # Whoever could take an account over must not approve with it on the same day.
    user.trusted_from = at + _TRUSTED_AFTER
    user.version += 1
    user.updated_at = at
