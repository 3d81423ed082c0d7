"""Signing in (ログイン): password, then what else a user has; one answer to all that fails."""

from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM
from libs.common.problem_codes import AuthenticationFailed

from .. import queries, tables
from ..domain import letters, throttling
from ..domain.login_ids import folded
from ..domain.sign_in import LIFE, Standing, Step, next_step
from . import devices
from .codes import fingerprint
from .desk import Desk, Origin
from .hashing import is_weaker
from .history import Actor, Deed, record
from .mails import post
from .sessions import PASSWORD_ONLY, Proof, Tokens, actor_of, open_session
from .throttling import count, forgive, give_back, is_blocked, source, subject
from .whereabouts import may_come

ADDRESS_REFUSED = "address-refused"


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


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """A user found by login id, and whether their company may use the service."""

    user: tables.User
    is_served: bool


async def begin(desk: Desk, login_id: str, password: str, origin: Origin) -> Waits | SignedIn:
    """Sign in by password.

    Raises: AuthenticationFailed, RateLimited.
    """
    now, login_id = datetime.now(UTC), folded(login_id)
    await count(desk.databases, throttling.SOURCE, source(origin.address), now)
    await _count_password(desk, login_id, origin, now)
    known = await find(desk, login_id)
    # Unknown, disabled or suspended: each costs one hash like any other, and says the same.
    fits = await desk.hasher.fits(password, known.user.password_hash if known else None)
    if known is None:
        await _fail_unknown(desk, login_id, origin)
        raise AuthenticationFailed
    why = None if fits else "wrong-password"
    why = why or why_not(known) or await why_not_from_here(desk, known.user, origin)
    if why == ADDRESS_REFUSED:
        await tell(desk, known.user, "address-refused")
    if why is not None:
        await fail(desk, known.user, origin, Deed("login.password", "FAILURE", reason=why))
        raise AuthenticationFailed
    renewed = await _rehashed(desk, known.user, password)
    await give_back(desk.databases, source(origin.address))
    async with desk.databases.tenant(known.user.tenant) as tx:
        user = await queries.user(tx, known.user.user_id, locked=True)
        user.password_hash = renewed or user.password_hash
        return await go_on(tx, desk, user, origin, now)


async def find(desk: Desk, login_id: str) -> Known | None:
    """Find the user of a login id, folded, whoever they belong to."""
    async with desk.databases.tenant(PLATFORM) as tx:
        entry = await queries.login_entry(tx, login_id)
    if entry is None:
        return None
    async with desk.databases.tenant(entry.policyholder_code) as tx:
        user = await queries.user(tx, entry.user_id)
        company = await queries.policyholder(tx, entry.policyholder_code)
    return Known(user, company.active)


def why_not(known: Known) -> str | None:
    """Say why a user may not come in, whatever they prove; for the history only."""
    if known.user.status != queries.ACTIVE:
        return "user-disabled"
    return None if known.is_served else "policyholder-suspended"


async def why_not_from_here(desk: Desk, user: tables.User, origin: Origin) -> str | None:
    """Say why a user may not come from where they are; for the history only."""
    allowed = await may_come(desk.databases, user.tenant, origin.address)
    return None if allowed else ADDRESS_REFUSED


async def tell(desk: Desk, user: tables.User, kind: str) -> None:
    """Send a user a notice that outlives the refusal it tells of."""
    async with desk.databases.tenant(user.tenant) as tx:
        await post(tx, desk.kek, user.mail, letters.notice(kind))


async def go_on(
    tx: AsyncSession, desk: Desk, user: tables.User, origin: Origin, now: datetime
) -> Waits | SignedIn:
    """Take the step after a password that was right: a code, or in."""
    standing = Standing(user.otp_required, user.sealed_otp_secret is not None)
    step = next_step(standing, activated=False)
    if step is None:
        return await complete(tx, desk, user, PASSWORD_ONLY, origin, now)
    waits = await open_sign_in(tx, user, step, now)
    await record(tx, actor(user), origin, Deed("login.password"))
    return waits


async def complete(
    tx: AsyncSession,
    desk: Desk,
    user: tables.User,
    proof: Proof,
    origin: Origin,
    now: datetime,
) -> SignedIn:
    """Let a user in: a new session, counts forgotten, and a notice if the browser is new."""
    device = devices.known_device(desk.kek, origin.device, user.login_id)
    session, tokens = await open_session(tx, desk, user, proof, origin, now)
    if device is None:
        await post(tx, desk.kek, user.mail, letters.notice("new-device"))
    own = [subject(throttling.DEVICE, device)] if device else []
    await forgive(tx, *counts_of(desk, user), *own)
    await record(tx, actor_of(session, user.role), origin, Deed("login"))
    return SignedIn(tokens, devices.new_device(desk.kek, user.login_id))


async def open_sign_in(tx: AsyncSession, user: tables.User, step: Step, now: datetime) -> Waits:
    """Open a sign-in that waits for a step; those that came too late are cleared away."""
    row = tables.SignIn
    await tx.execute(delete(row).where(row.user_id == user.user_id, row.expires_at <= now))
    secret = token_urlsafe(32)
    tx.add(
        tables.SignIn(
            tenant=user.tenant,
            handle_hash=fingerprint(secret),
            user_id=user.user_id,
            step=step,
            tries=0,
            expires_at=now + LIFE,
        )
    )
    return Waits(step, f"{user.tenant}.{secret}")


def actor(user: tables.User) -> Actor:
    """Name a user who is not signed in yet."""
    return Actor("user", user.user_id, user.role)


async def fail(desk: Desk, user: tables.User, origin: Origin, deed: Deed) -> None:
    """Write down a failure, in a transaction that outlives the refusal."""
    async with desk.databases.tenant(user.tenant) as tx:
        await record(tx, actor(user), origin, deed)


def counts_of(desk: Desk, user: tables.User) -> list[str]:
    """Name what is counted for a user: their passwords and their one-time passwords."""
    return [_named(desk, user.login_id), subject(throttling.OTP, user.user_id)]


async def _count_password(desk: Desk, login_id: str, origin: Origin, now: datetime) -> None:
    """Count a try, for the browser if it is a known one, else for the login id."""
    device = devices.known_device(desk.kek, origin.device, login_id)
    limit, name = throttling.PASSWORD, _named(desk, login_id)
    own = subject(throttling.DEVICE, device or "")
    if device is not None and not await is_blocked(desk.databases, own, now):
        limit, name = throttling.DEVICE, own
    await count(desk.databases, limit, name, now)


def _named(desk: Desk, login_id: str) -> str:
    """Name a login id without keeping it: people type passwords there."""
    return subject(throttling.PASSWORD, desk.kek.mac("login-id", login_id).hex())


async def _fail_unknown(desk: Desk, login_id: str, origin: Origin) -> None:
    stranger = Actor("unknown", desk.kek.mac("login-id", login_id).hex())
    async with desk.databases.tenant(PLATFORM) as tx:
        await record(
            tx, stranger, origin, Deed("login.password", "FAILURE", reason="unknown-login-id")
        )


async def _rehashed(desk: Desk, user: tables.User, password: str) -> str | None:
    if user.password_hash is None or not is_weaker(user.password_hash):
        return None
    return await desk.hasher.hash(password)
