"""Reissue (パスワード再発行): an administrator who forgot the password proves to be theirs."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM
from libs.common.driver import Row
from libs.common.problem_codes import AuthenticationFailed, RateLimited

from .. import queries, tables
from ..domain import letters, throttling
from ..domain.login_ids import folded
from . import codes, otp, passwords
from .desk import Desk, Origin
from .history import Deed, record
from .mails import post
from .sessions import end_all
from .sign_in import (
    UNKNOWN,
    actor,
    counts_of,
    fail,
    fail_unknown,
    find,
    unknown,
    why_not,
    why_not_from_here,
)
from .throttling import count, forgive, give_back, source, subject

_FAILED = Deed("password.reissue", "FAILURE")


@dataclass(frozen=True, slots=True, repr=False)
class Completion:
    """What completes a reissue: the mailed code, a second factor, the new password."""

    login_id: str
    code: str
    otp: str | None
    recovery_code: str | None
    new_password: str


async def request_code(desk: Desk, login_id: str, browser: str, origin: Origin) -> None:
    """Mail a code to an administrator, for this browser alone.

    Nobody learns whether there is such an account: neither by the answer nor by what it takes.
    """
    now = datetime.now(UTC)
    async with desk.databases.tenant(PLATFORM) as tx:
        user = await find(tx, folded(login_id))
    theirs = subject(throttling.MAIL_TO_USER, user.user_id if user else unknown(desk, login_id).id)
    from_here = source(origin.address, throttling.MAIL_FROM_SOURCE)
    try:
        await count(desk.databases, throttling.MAIL_FROM_SOURCE, from_here, now)
        await count(desk.databases, throttling.MAIL_TO_USER, theirs, now)
    except RateLimited:
        return
    if user is None or user.role != queries.ADMINISTRATOR or why_not(user):
        return
    async with desk.databases.tenant(user.tenant) as tx:
        code = await codes.issue(tx, desk.kek, user, codes.REISSUE, now, browser)
        await post(tx, desk.kek, user.mail, letters.reissue(code))
        await record(tx, actor(user), origin, Deed("password.reissue.request"))


async def complete(desk: Desk, wish: Completion, browser: str, origin: Origin) -> None:
    """Choose a new password with the mailed code and a second factor; every session ends.

    Raises: AuthenticationFailed, RateLimited, PasswordRejected.
    """
    now = datetime.now(UTC)
    await count(desk.databases, throttling.SOURCE, source(origin.address), now)
    async with desk.databases.tenant(PLATFORM) as tx:
        user = await find(tx, folded(wish.login_id))
        why = await _why_not_theirs(tx, user, origin) if user else UNKNOWN
    if user is None:
        deed = replace(_FAILED, reason=why)
        await fail_unknown(desk, unknown(desk, wish.login_id), origin, deed)
        raise AuthenticationFailed
    if why is not None:
        raise await _refused(desk, user, origin, why)
    if not await codes.fits(desk.databases, desk.kek, user, codes.REISSUE, wish.code, now, browser):
        raise await _refused(desk, user, origin, "wrong-code")
    weighed = await passwords.weigh(desk, user, wish.new_password)
    own = subject(throttling.OTP, user.user_id)
    tries = await count(desk.databases, throttling.OTP, own, now)
    async with desk.databases.tenant(user.tenant) as tx:
        locked = await queries.user(tx, user.user_id, locked=True)
        proven = await _second_factor(tx, desk, locked, wish, now)
        # After the second factor: with the code alone nobody tries out the current password.
        if proven and await codes.spend(tx, user.user_id, codes.REISSUE):
            await _renew(tx, desk, locked, weighed.taken(), origin, now)
            return
    async with desk.databases.tenant(user.tenant) as tx:
        locked = await queries.user(tx, user.user_id, locked=True)
        await otp.was_wrong(tx, desk.kek, locked, tries)
        await record(tx, actor(user), origin, replace(_FAILED, reason="wrong-otp"))
    raise AuthenticationFailed


async def _why_not_theirs(tx: AsyncSession, user: Row, origin: Origin) -> str | None:
    if user.role != queries.ADMINISTRATOR:
        return "not-an-administrator"
    return why_not(user) or await why_not_from_here(tx, user, origin)


async def _second_factor(
    tx: AsyncSession, desk: Desk, user: tables.User, wish: Completion, now: datetime
) -> bool:
    if wish.otp is not None:
        return await otp.accept(tx, desk.kek, user, wish.otp, now)
    if wish.recovery_code is not None:
        return await codes.spend_recovery_code(tx, user.user_id, wish.recovery_code, now)
    return False


async def _renew(
    tx: AsyncSession, desk: Desk, user: tables.User, hashed: str, origin: Origin, now: datetime
) -> None:
    user.password_hash, user.updated_at = hashed, now
    await end_all(tx, user.user_id, "password-reissued", now)
    await forgive(tx, *counts_of(desk, user))
    await give_back(tx, source(origin.address))
    await post(tx, desk.kek, user.mail, letters.notice("password-changed"))
    await record(tx, actor(user), origin, Deed("password.reissue"))


async def _refused(
    desk: Desk, user: queries.Person, origin: Origin, why: str
) -> AuthenticationFailed:
    await fail(desk, user, origin, replace(_FAILED, reason=why))
    return AuthenticationFailed()
