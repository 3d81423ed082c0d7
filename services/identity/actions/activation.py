"""Activation codes (利用開始コード): how a new user, or one after a reset, gets in."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM
from libs.common.driver import Row
from libs.common.problem_codes import AuthenticationFailed

from .. import queries, tables
from ..domain import letters, throttling
from ..domain.login_ids import folded
from ..domain.sign_in import Step
from . import codes
from .desk import Desk, Origin
from .history import Deed, record
from .mails import post
from .sealing import KeyEncryptionKey
from .sign_in import (
    UNKNOWN,
    Waits,
    actor,
    fail,
    fail_unknown,
    find,
    open_sign_in,
    unknown,
    why_not,
    why_not_from_here,
)
from .sign_in_steps import UnderWay, advance, take
from .throttling import count, give_back, source

_FAILED = Deed("login.activation", "FAILURE")


async def send_code(
    tx: AsyncSession, kek: KeyEncryptionKey, user: tables.User, now: datetime
) -> None:
    """Mail a user a new activation code; nobody else ever sees it."""
    code = await codes.issue(tx, kek, user, codes.ACTIVATION, now)
    await post(tx, kek, user.mail, letters.activation(user.login_id, code))


async def activate(
    desk: Desk, login_id: str, code: str, handle: str | None, origin: Origin
) -> Waits:
    """Bring an activation code: without a password to choose one, after it to enrol.

    Raises: AuthenticationFailed, RateLimited.
    """
    now = datetime.now(UTC)
    await count(desk.databases, throttling.SOURCE, source(origin.address), now)
    under_way = await take(desk, handle, origin, Step.ACTIVATION) if handle else None
    user = await _expected(desk, login_id, under_way, origin)
    if not await codes.fits(desk.databases, desk.kek, user, codes.ACTIVATION, code, now):
        await fail(desk, user, origin, replace(_FAILED, reason="wrong-code"))
        raise AuthenticationFailed
    async with desk.databases.tenant(user.tenant) as tx:
        if not await codes.spend(tx, user.user_id, codes.ACTIVATION):
            raise AuthenticationFailed
        waits = await _go_on(tx, user, under_way, now)
        await give_back(tx, source(origin.address))
        await record(tx, actor(user), origin, Deed("login.activation"))
        return waits


async def _expected(
    desk: Desk, login_id: str, under_way: UnderWay | None, origin: Origin
) -> queries.Person:
    """Find who may bring a code here: who has proven their password, or has none yet."""
    async with desk.databases.tenant(PLATFORM) as tx:
        user = await find(tx, folded(login_id))
        why = await _why_not_theirs(tx, user, under_way, origin) if user else UNKNOWN
    if user is None:
        await fail_unknown(desk, unknown(desk, login_id), origin, replace(_FAILED, reason=why))
        raise AuthenticationFailed
    if why is not None:
        await fail(desk, user, origin, replace(_FAILED, reason=why))
        raise AuthenticationFailed
    return user


async def _why_not_theirs(
    tx: AsyncSession, user: Row, under_way: UnderWay | None, origin: Origin
) -> str | None:
    is_theirs = (
        user.password_hash is None if under_way is None else user.user_id == under_way.user.user_id
    )
    why = why_not(user) or (None if is_theirs else "not-awaited")
    return why or await why_not_from_here(tx, user, origin)


async def _go_on(
    tx: AsyncSession, user: queries.Person, under_way: UnderWay | None, now: datetime
) -> Waits:
    if under_way is None:
        return await open_sign_in(tx, user, Step.PASSWORD, now)
    await advance(tx, under_way, Step.ENROLMENT)
    return Waits(Step.ENROLMENT, under_way.handle)
