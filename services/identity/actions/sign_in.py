"""Signing in (ログイン): password, then what else a user has; one answer to all that fails."""

from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.driver import Row, Statement
from libs.common.problem_codes import AuthenticationFailed

from .. import queries
from ..domain import letters, throttling
from ..domain.login_ids import folded
from ..domain.sign_in import LIFE, Standing, Step, next_step
from . import devices
from .codes import fingerprint
from .desk import Desk, Origin
from .hashing import is_weaker
from .history import Actor, Deed, record
from .mails import post
from .platform import at_platform
from .sessions import PASSWORD_ONLY, Proof, Tokens, actor_of, open_session
from .throttling import Tally, blocked_until, forgive, give_back, note_waits, source, subject, tally
from .whereabouts import may_come

ADDRESS_REFUSED = "address-refused"
UNKNOWN = "unknown-login-id"

_OPEN = Statement("""
WITH too_late AS (
    DELETE FROM sign_ins WHERE tenant = :tenant AND user_id = :user_id AND expires_at <= :now
)
INSERT INTO sign_ins (tenant, handle_hash, user_id, step, tries, expires_at)
VALUES (:tenant, :handle_hash, :user_id, :step, 0, :expires_at)
""")
_REHASH = Statement("""
UPDATE users SET password_hash = :password_hash WHERE tenant = :tenant AND user_id = :user_id
""")


@dataclass(frozen=True, slots=True, repr=False)
class Waits:
    """A sign-in that goes on: what it waits for, and the handle its browser keeps."""

    step: Step
    handle: str


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """A sign-in that is done; recovery codes are shown once, after an enrolment."""

    tokens: Tokens
    device: str
    recovery_codes: list[str] | None = None


async def begin(desk: Desk, login_id: str, password: str, origin: Origin) -> Waits | SignedIn:
    """Sign in by password.

    Raises: AuthenticationFailed, RateLimited.
    """
    now, login_id = datetime.now(UTC), folded(login_id)
    user = await _counted(desk, login_id, origin, now)
    # Unknown, disabled or suspended: each costs one hash like any other, and says the same.
    fits = await desk.hasher.fits(password, user.password_hash if user else None)
    if user is None:
        deed = Deed("login.password", "FAILURE", reason=UNKNOWN)
        await fail_unknown(desk, unknown(desk, login_id), origin, deed)
        raise AuthenticationFailed
    renewed = await _rehashed(desk, user, password) if fits else None
    async with desk.databases.tenant(PLATFORM) as tx:
        why = None if fits else "wrong-password"
        why = why or why_not(user) or await why_not_from_here(tx, user, origin)
        if why is None:
            await give_back(tx, source(origin.address))
            await act_for(tx, user.tenant)
            return await _go_on(tx, desk, user, renewed, origin, now)
        await act_for(tx, user.tenant)
        if why == ADDRESS_REFUSED:
            await post(tx, desk.kek, user.mail, letters.notice("address-refused"))
        await record(tx, actor(user), origin, Deed("login.password", "FAILURE", reason=why))
    raise AuthenticationFailed


async def find(tx: AsyncSession, login_id: str) -> Row | None:
    """Find the user of a login id, folded, whoever they belong to; turns to their policyholder.

    Shape: the columns of `users`, and `is_served`: whether their company may use the service.
    """
    entry = await queries.login_entry(tx, login_id)
    if entry is None:
        return None
    await act_for(tx, entry.policyholder_code)
    return await queries.member(tx, entry.user_id)


def why_not(user: Row) -> str | None:
    """Say why a user may not come in, whatever they prove; for the history only."""
    if user.status != queries.ACTIVE:
        return "user-disabled"
    return None if user.is_served else "policyholder-suspended"


async def why_not_from_here(tx: AsyncSession, user: queries.Person, origin: Origin) -> str | None:
    """Say why a user may not come from where they are; for the history only."""
    return None if await may_come(tx, user.tenant, origin.address) else ADDRESS_REFUSED


async def complete(
    tx: AsyncSession,
    desk: Desk,
    user: queries.Person,
    proof: Proof,
    origin: Origin,
    now: datetime,
) -> SignedIn:
    """Let a user in: a new session, counts forgotten, and a notice if the browser is new."""
    device = devices.known_device(desk.kek, origin.device, user.login_id)
    session, tokens = await open_session(tx, desk, user, proof, origin, now)
    own = [subject(throttling.DEVICE, device)] if device else []
    async with at_platform(tx):
        if device is None:
            await post(tx, desk.kek, user.mail, letters.notice("new-device"))
        await forgive(tx, *counts_of(desk, user), *own)
    await record(tx, actor_of(session, user.role), origin, Deed("login"))
    return SignedIn(tokens, devices.new_device(desk.kek, user.login_id))


async def open_sign_in(tx: AsyncSession, user: queries.Person, step: Step, now: datetime) -> Waits:
    """Open a sign-in that waits for a step; those that came too late are cleared away."""
    secret = token_urlsafe(32)
    await _OPEN.rows(
        tx,
        tenant=user.tenant,
        user_id=user.user_id,
        handle_hash=fingerprint(secret),
        step=step,
        now=now,
        expires_at=now + LIFE,
    )
    return Waits(step, f"{user.tenant}.{secret}")


def actor(user: queries.Person) -> Actor:
    """Name a user who is not signed in yet."""
    return Actor("user", user.user_id, user.role)


def unknown(desk: Desk, login_id: str) -> Actor:
    """Name whoever typed a login id that nobody has, without keeping it."""
    return Actor("unknown", desk.kek.mac("login-id", folded(login_id)).hex())


async def fail(desk: Desk, user: queries.Person, origin: Origin, deed: Deed) -> None:
    """Write down a failure, in a transaction that outlives the refusal."""
    async with desk.databases.tenant(user.tenant) as tx:
        await record(tx, actor(user), origin, deed)


async def fail_unknown(desk: Desk, stranger: Actor, origin: Origin, deed: Deed) -> None:
    """Write down a failure of nobody's for the platform, as `fail` does."""
    async with desk.databases.tenant(PLATFORM) as tx:
        await record(tx, stranger, origin, deed)


def counts_of(desk: Desk, user: queries.Person) -> list[str]:
    """Name what is counted for a user: their passwords and their one-time passwords."""
    otps = subject(throttling.OTP, user.user_id)
    return [_named(desk, user.login_id), proofs_of(user.user_id), otps]


def proofs_of(user_id: str) -> str:
    """Name the passwords of somebody signed in: a count that strangers have no part in."""
    return subject(throttling.PASSWORD, user_id)


async def _counted(desk: Desk, login_id: str, origin: Origin, now: datetime) -> Row | None:
    """Count a try, committed before anything is judged; gives whose it is, if anybody's.

    Raises: RateLimited.
    """
    async with desk.databases.tenant(PLATFORM) as tx:
        here = counted = await tally(tx, throttling.SOURCE, source(origin.address), now)
        if here.may_go_on:
            counted = await _tally_password(tx, desk, login_id, origin, now)
        await note_waits(tx, *{here, counted})
        user = await find(tx, login_id) if counted.may_go_on else None
    counted.judge(now)
    return user


async def _tally_password(
    tx: AsyncSession, desk: Desk, login_id: str, origin: Origin, now: datetime
) -> Tally:
    """Count a try for the browser, if it is a known one, else for the login id."""
    device = devices.known_device(desk.kek, origin.device, login_id)
    own = subject(throttling.DEVICE, device or "")
    if device is None or (await blocked_until(tx, own) or now) > now:
        return await tally(tx, throttling.PASSWORD, _named(desk, login_id), now)
    return await tally(tx, throttling.DEVICE, own, now)


async def _go_on(
    tx: AsyncSession, desk: Desk, user: Row, renewed: str | None, origin: Origin, now: datetime
) -> Waits | SignedIn:
    """Take the step after a password that was right: a code, or in."""
    # Read again and locked: what comes next must not be decided by what was true before.
    proven, user = user.password_hash, await queries.member(tx, user.user_id, locked=True)
    if user.password_hash != proven or why_not(user) is not None:
        raise AuthenticationFailed
    if renewed is not None:
        of_them = {"tenant": user.tenant, "user_id": user.user_id}
        await _REHASH.rows(tx, **of_them, password_hash=renewed)
    standing = Standing(user.otp_required, user.sealed_otp_secret is not None)
    step = next_step(standing, activated=False)
    if step is None:
        return await complete(tx, desk, user, PASSWORD_ONLY, origin, now)
    waits = await open_sign_in(tx, user, step, now)
    await record(tx, actor(user), origin, Deed("login.password"))
    return waits


def _named(desk: Desk, login_id: str) -> str:
    """Name a login id without keeping it: people type passwords there."""
    return subject(throttling.PASSWORD, desk.kek.mac("login-id", login_id).hex())


async def _rehashed(desk: Desk, user: Row, password: str) -> str | None:
    if user.password_hash is None or not is_weaker(user.password_hash):
        return None
    return await desk.hasher.hash(password)
