"""What users change of their own: password, mail address, one-time password."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.etags import match
from libs.common.problem_codes import AuthenticationFailed, StepUpRequired
from libs.common.security import STEP_UP_CHALLENGE, is_stepped_up

from .. import queries, tables
from ..domain import letters, throttling
from ..errors import NothingToConfirm
from . import codes, otp, passwords
from .acting import Acting
from .history import Deed
from .mails import post
from .sessions import Proven, end_all, sign_access_token
from .sign_in import proofs_of
from .signing_keys import current_signer
from .throttling import count, give_back, subject


@dataclass(frozen=True, slots=True, repr=False)
class NewPassword:
    """A change of one's own password: the current one, the one-time password if on, the new."""

    current: str
    otp: str | None
    new: str


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """A change of one's own data; None leaves it. A new mail address needs proof."""

    name: str | None
    mail: str | None
    current_password: str | None


async def prove(
    acting: Acting, password: str, code: str, intent: str | None
) -> tuple[str, list[str]]:
    """Prove oneself anew (再認証); gives an access token with a fresh `auth_time`, and its scopes.

    With an `intent` the token is good for that one request.
    Raises: AuthenticationFailed, RateLimited.
    """
    desk, caller, now = acting.desk, acting.caller, acting.now
    own = subject(throttling.STEP_UP, caller.subject)
    await count(desk.databases, throttling.STEP_UP, own, now)
    user = await _proven_by_password(acting, password)
    tries = await _count_otp(acting)
    async with desk.databases.tenant(caller.tenant) as tx:
        locked = await queries.user(tx, user.user_id, locked=True)
        session = await queries.user_session(tx, caller.sid)
        if locked.otp_required and await otp.accept(tx, desk.kek, locked, code, now):
            await give_back(tx, subject(throttling.OTP, caller.subject))
            signer = await current_signer(tx, desk.kek, now)
            await acting.note(tx, Deed("step-up"))
            proven = Proven(now, intent)
            return sign_access_token(desk, signer, locked, session, now, proven)
    raise await _wrong_otp(acting, "step-up", tries)


async def change_password(acting: Acting, wish: NewPassword) -> None:
    """Change one's own password (パスワード変更); every session ends, this one too.

    Raises: AuthenticationFailed, PasswordRejected, RateLimited.
    """
    desk, now = acting.desk, acting.now
    user = await _proven_by_password(acting, wish.current)
    hashed = await passwords.choose(desk, user, wish.new)
    tries = await _count_otp(acting) if user.otp_required else 0
    async with desk.databases.tenant(user.tenant) as tx:
        locked = await queries.user(tx, user.user_id, locked=True)
        if not locked.otp_required or await otp.accept(tx, desk.kek, locked, wish.otp or "", now):
            locked.password_hash, locked.updated_at = hashed, now
            await end_all(tx, locked.user_id, "password-changed", now)
            await post(tx, desk.kek, locked.mail, letters.notice("password-changed"))
            await acting.note(tx, Deed("password.change"))
            return
    raise await _wrong_otp(acting, "password.change", tries)


async def change_profile(acting: Acting, wish: Profile, seen_version: int) -> tables.User:
    """Change one's own name or mail address (利用者情報変更); a new address ends the sessions.

    Raises: UserNotFound, PreconditionFailed, StepUpRequired, AuthenticationFailed.
    """
    desk, caller = acting.desk, acting.caller
    async with desk.databases.tenant(caller.tenant) as tx:
        user = await queries.user(tx, caller.subject)
    moves = wish.mail is not None and wish.mail != user.mail
    if moves and user.otp_required and not is_stepped_up(caller):
        raise StepUpRequired(headers=STEP_UP_CHALLENGE)
    if moves and not user.otp_required:
        await _proven_by_password(acting, wish.current_password or "")
    async with desk.databases.tenant(caller.tenant) as tx:
        locked = await queries.user(tx, caller.subject, locked=True)
        match(seen_version, locked.version)
        locked.name = wish.name or locked.name
        locked.version += 1
        locked.updated_at = acting.now
        if moves:
            await post(tx, desk.kek, locked.mail, letters.notice("mail-changed"))
            locked.mail = wish.mail or locked.mail
            await codes.spend(tx, locked.user_id, codes.REISSUE)
            await end_all(tx, locked.user_id, "mail-changed", acting.now)
        changed = acting.hashed(name=wish.name, mail=wish.mail)
        await acting.note(tx, Deed("profile.change", changed=changed))
        return locked


async def begin_enrolment(tx: AsyncSession, acting: Acting) -> str:
    """Begin to enrol another telephone; gives the otpauth URI, shown this once."""
    user = await queries.user(tx, acting.caller.subject, locked=True)
    uri = otp.enrol(acting.desk.kek, user)
    await acting.note(tx, Deed("otp.enrol.begin"))
    return uri


async def discard_enrolment(tx: AsyncSession, acting: Acting) -> None:
    """Forget an enrolment that was never confirmed."""
    user = await queries.user(tx, acting.caller.subject, locked=True)
    user.sealed_pending_secret = None


async def confirm_enrolment(acting: Acting, typed: str) -> list[str]:
    """Put a new enrolment in the old one's place; sessions end, and there are new recovery codes.

    Raises: NothingToConfirm, AuthenticationFailed, RateLimited.
    """
    desk, now = acting.desk, acting.now
    tries = await _count_otp(acting)
    async with desk.databases.tenant(acting.caller.tenant) as tx:
        user = await queries.user(tx, acting.caller.subject, locked=True)
        if user.sealed_pending_secret is None:
            raise NothingToConfirm
        if await otp.confirm(tx, desk.kek, user, typed, now):
            made = await codes.new_recovery_codes(tx, user)
            await post(tx, desk.kek, user.mail, letters.notice("otp-changed"))
            await end_all(tx, user.user_id, "otp-changed", now)
            await acting.note(tx, Deed("otp.enrol"))
            return made
    raise await _wrong_otp(acting, "otp.enrol", tries)


async def renew_recovery_codes(tx: AsyncSession, acting: Acting) -> list[str]:
    """Make ten new recovery codes (リカバリーコード); the earlier ones end."""
    user = await queries.user(tx, acting.caller.subject, locked=True)
    made = await codes.new_recovery_codes(tx, user)
    await post(tx, acting.desk.kek, user.mail, letters.notice("recovery-codes"))
    await acting.note(tx, Deed("recovery-codes.renew"))
    return made


async def _proven_by_password(acting: Acting, password: str) -> tables.User:
    """Check one's current password, counted like any other try."""
    desk, caller = acting.desk, acting.caller
    async with desk.databases.tenant(caller.tenant) as tx:
        user = await queries.user(tx, caller.subject)
    # Not the count of their sign-ins: strangers who fail there must not hinder who is in.
    own = proofs_of(user.user_id)
    await count(desk.databases, throttling.PASSWORD, own, acting.now)
    if not await desk.hasher.fits(password, user.password_hash):
        raise await acting.refused("password.prove", "wrong-password")
    # A right one is no failure; what was wrong before counts until the next complete sign-in.
    async with desk.databases.tenant(caller.tenant) as tx:
        await give_back(tx, own)
    return user


async def _count_otp(acting: Acting) -> int:
    own = subject(throttling.OTP, acting.caller.subject)
    return await count(acting.desk.databases, throttling.OTP, own, acting.now)


async def _wrong_otp(acting: Acting, action: str, tries: int) -> AuthenticationFailed:
    """Write a wrong one-time password down with what follows of it; gives the refusal."""
    async with acting.desk.databases.tenant(acting.caller.tenant) as tx:
        user = await queries.user(tx, acting.caller.subject, locked=True)
        await otp.was_wrong(tx, acting.desk.kek, user, tries)
        await acting.note(tx, Deed(action, "FAILURE", reason="wrong-otp"))
    return AuthenticationFailed()
