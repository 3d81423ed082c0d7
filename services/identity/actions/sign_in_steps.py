"""The steps of a sign-in after its first: each in its order, in the browser it began in."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.driver import Row, Statement
from libs.common.problem_codes import AuthenticationFailed

from .. import queries
from ..domain import letters, throttling
from ..domain.sign_in import MOST_TRIES, Standing, Step, next_step
from . import codes, otp, passwords
from .codes import fingerprint
from .desk import Desk, Origin
from .history import Actor, Deed, record
from .mails import post
from .sessions import PASSWORD_ONLY, WITH_OTP, WITH_RECOVERY_CODE, split
from .sign_in import (
    SignedIn,
    Waits,
    actor,
    complete,
    counts_of,
    fail,
    fail_unknown,
    why_not,
    why_not_from_here,
)
from .throttling import Tally, forgive, give_back, note_waits, source, subject, tally

_COUNTED = (Step.OTP, Step.CONFIRMATION)
_DEEDS = {
    Step.OTP: "login.otp",
    Step.ACTIVATION: "login.activation",
    Step.PASSWORD: "password.set",
    Step.ENROLMENT: "otp.enrol",
}
"""What is tried where a step is the first that would do."""

# Counted before it is judged, so that many at once are still five.
_TRY = Statement("""
WITH tried AS (
    UPDATE sign_ins SET tries = tries + 1 WHERE tenant = :tenant AND handle_hash = :handle_hash
    RETURNING user_id, step, tries, expires_at
)
SELECT tried.step, tried.tries, tried.expires_at, users.*, policyholders.active AS is_served
FROM tried JOIN users ON users.tenant = :tenant AND users.user_id = tried.user_id
JOIN policyholders ON policyholders.tenant = users.tenant
""")
_LOCK = Statement("""
SELECT step FROM sign_ins WHERE tenant = :tenant AND handle_hash = :handle_hash FOR UPDATE
""")
_ADVANCE = Statement("""
UPDATE sign_ins SET step = :step, tries = 0 WHERE tenant = :tenant AND handle_hash = :handle_hash
""")
_BURN = Statement("""
DELETE FROM sign_ins WHERE tenant = :tenant AND handle_hash = :handle_hash RETURNING step
""")


@dataclass(frozen=True, slots=True, repr=False)
class UnderWay:
    """A sign-in at the step it waits for, and whose it is; how often it and they have tried."""

    handle: str
    handle_hash: bytes
    step: Step
    tries: int
    user: Row
    users_tries: int


Judge = Callable[[AsyncSession, Row, datetime], Awaitable[bool]]
Finish = Callable[[AsyncSession, Row, datetime], Awaitable[SignedIn]]


async def bring_otp(desk: Desk, handle: str, typed: str, origin: Origin) -> SignedIn:
    """Bring a one-time password: of the enrolment in force, or to confirm a new one.

    Raises: AuthenticationFailed, RateLimited.
    """
    under_way = await take(desk, handle, origin, Step.OTP, Step.CONFIRMATION)
    confirms = under_way.step is Step.CONFIRMATION

    async def judge(tx: AsyncSession, user: Row, now: datetime) -> bool:
        accept = otp.confirm if confirms else otp.accept
        return await accept(tx, desk.kek, user, typed, now)

    async def finish(tx: AsyncSession, user: Row, now: datetime) -> SignedIn:
        shown = await codes.new_recovery_codes(tx, user) if confirms else None
        signed_in = await complete(tx, desk, user, WITH_OTP, origin, now)
        return replace(signed_in, recovery_codes=shown)

    return await _judged(desk, under_way, judge, finish, origin)


async def bring_recovery_code(desk: Desk, handle: str, typed: str, origin: Origin) -> SignedIn:
    """Bring a recovery code: good for a session in which to enrol anew, and nothing else.

    Raises: AuthenticationFailed, RateLimited.
    """
    under_way = await take(desk, handle, origin, Step.OTP)

    async def judge(tx: AsyncSession, user: Row, now: datetime) -> bool:
        return await codes.spend_recovery_code(tx, user.user_id, typed, now)

    async def finish(tx: AsyncSession, user: Row, now: datetime) -> SignedIn:
        await post(tx, desk.kek, user.mail, letters.notice("recovery-used"))
        return await complete(tx, desk, user, WITH_RECOVERY_CODE, origin, now)

    return await _judged(desk, under_way, judge, finish, origin)


async def choose_password(
    desk: Desk, handle: str, password: str, origin: Origin
) -> Waits | SignedIn:
    """Choose one's own first password, or one's first after a reset.

    Raises: AuthenticationFailed; PasswordRejected, after which another may be tried.
    """
    under_way = await take(desk, handle, origin, Step.PASSWORD)
    hashed = await passwords.choose(desk, under_way.user, password)
    now = datetime.now(UTC)
    async with desk.databases.tenant(under_way.user.tenant) as tx:
        user = await queries.user(tx, under_way.user.user_id, locked=True)
        await _still(tx, under_way)
        user.password_hash, user.updated_at = hashed, now
        await forgive(tx, *counts_of(desk, user))
        standing = Standing(user.otp_required, user.sealed_otp_secret is not None)
        step = next_step(standing, activated=True)
        if step is None:
            await burn(tx, under_way.handle_hash)
            return await complete(tx, desk, user, PASSWORD_ONLY, origin, now)
        await advance(tx, under_way, step)
        await record(tx, actor(user), origin, Deed("password.set"))
        return Waits(step, handle)


async def enrol(desk: Desk, handle: str, origin: Origin) -> str:
    """Begin to enrol a one-time password; gives the otpauth URI, shown this once.

    Raises: AuthenticationFailed.
    """
    under_way = await take(desk, handle, origin, Step.ENROLMENT)
    async with desk.databases.tenant(under_way.user.tenant) as tx:
        user = await queries.user(tx, under_way.user.user_id, locked=True)
        await _still(tx, under_way)
        uri = otp.enrol(desk.kek, user)
        await advance(tx, under_way, Step.CONFIRMATION)
        return uri


async def take(desk: Desk, handle: str, origin: Origin, *steps: Step) -> UnderWay:
    """Take up a sign-in at one of these steps; at any other, or too late, it is burnt.

    A try of a one-time password counts for its source and for its user, too; a step that nobody
    waits for counts for its source.
    Raises: AuthenticationFailed, RateLimited.
    """
    tenant, secret = split(handle)
    now, handle_hash = datetime.now(UTC), fingerprint(secret)
    async with desk.databases.tenant(tenant or PLATFORM) as tx:
        found = await _TRY.row(tx, tenant=tenant or PLATFORM, handle_hash=handle_hash)
        why = _why_burnt(found, steps, now) if found else "no-sign-in"
        if found and why:
            await burn(tx, handle_hash)
        await act_for(tx, PLATFORM)
        if found and why is None:
            why = await why_not_from_here(tx, found, origin)
        counted = await _counted(tx, None if why else found, origin, now)
    tries = [it.judge(now) for it in counted]
    if found is None or why is not None:
        await _was_burnt(
            desk, found, handle_hash, origin, Deed(_DEEDS[steps[0]], "FAILURE", reason=why)
        )
        raise AuthenticationFailed
    step = Step(found.step)
    return UnderWay(handle, handle_hash, step, found.tries, found, tries[-1] if tries else 0)


def _why_burnt(found: Row, steps: Collection[Step], now: datetime) -> str | None:
    """Say why a sign-in does not go on; for the history only."""
    if found.step not in steps:
        return "wrong-order"
    if found.expires_at <= now:
        return "too-late"
    if found.step in _COUNTED and found.tries > MOST_TRIES:
        return "worn-out"
    return why_not(found)


async def _counted(
    tx: AsyncSession, user: Row | None, origin: Origin, now: datetime
) -> list[Tally]:
    """Count a code for where it comes from and for its user; what must wait counts no further."""
    if user is not None and user.step not in _COUNTED:
        return []
    counted = [await tally(tx, throttling.SOURCE, source(origin.address), now)]
    if user is not None and counted[0].may_go_on:
        own = subject(throttling.OTP, user.user_id)
        counted.append(await tally(tx, throttling.OTP, own, now))
    await note_waits(tx, *counted)
    return counted


async def _was_burnt(
    desk: Desk, found: Row | None, handle_hash: bytes, origin: Origin, deed: Deed
) -> None:
    """Write down a step that nobody waited for, whether or not somebody once began a sign-in."""
    if found is not None:
        await fail(desk, found, origin, deed)
    else:
        await fail_unknown(desk, Actor("unknown", handle_hash.hex()), origin, deed)


async def advance(tx: AsyncSession, under_way: UnderWay, step: Step) -> None:
    """Let a sign-in wait for its next step."""
    tenant = tx.info["tenant"]
    await _ADVANCE.rows(tx, tenant=tenant, handle_hash=under_way.handle_hash, step=step)


async def burn(tx: AsyncSession, handle_hash: bytes) -> None:
    """End a sign-in: nothing brings it back."""
    await _BURN.rows(tx, tenant=tx.info["tenant"], handle_hash=handle_hash)


async def _judged(
    desk: Desk, under_way: UnderWay, judge: Judge, finish: Finish, origin: Origin
) -> SignedIn:
    now, user = datetime.now(UTC), under_way.user
    async with desk.databases.tenant(user.tenant) as tx:
        locked = await queries.member(tx, user.user_id, locked=True)
        # Again: who was shut out meanwhile must not come in.
        if why_not(locked) is None and await judge(tx, locked, now):
            await _end(tx, under_way)
            await give_back(tx, source(origin.address))
            return await finish(tx, locked, now)
    await _was_wrong(desk, under_way, origin)
    raise AuthenticationFailed


async def _still(tx: AsyncSession, under_way: UnderWay) -> None:
    """Go on only if nobody has ended or advanced the sign-in meanwhile."""
    tenant = tx.info["tenant"]
    step = await _LOCK.value(tx, tenant=tenant, handle_hash=under_way.handle_hash)
    if step != under_way.step:
        raise AuthenticationFailed


async def _end(tx: AsyncSession, under_way: UnderWay) -> None:
    """End a sign-in that has reached its goal, if nobody has ended or advanced it meanwhile."""
    tenant = tx.info["tenant"]
    step = await _BURN.value(tx, tenant=tenant, handle_hash=under_way.handle_hash)
    if step != under_way.step:
        raise AuthenticationFailed


async def _was_wrong(desk: Desk, under_way: UnderWay, origin: Origin) -> None:
    """Write a wrong code down, tell its owner, and end what has been tried too often."""
    async with desk.databases.tenant(under_way.user.tenant) as tx:
        user = await queries.user(tx, under_way.user.user_id, locked=True)
        if under_way.tries >= MOST_TRIES:
            await burn(tx, under_way.handle_hash)
        await otp.was_wrong(tx, desk.kek, user, under_way.users_tries)
        await record(tx, actor(user), origin, Deed("login.otp", "FAILURE", reason="wrong-code"))
