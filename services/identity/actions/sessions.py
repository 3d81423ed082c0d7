"""Sessions of users (セッション): opened, renewed, ended; and the access tokens they give."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Databases
from libs.common.driver import Row, Statement
from libs.common.permissions import audience, grantable
from libs.common.problem_codes import RefreshInProgress, RefreshRejected
from libs.common.wire import new_id, new_uuid

from .. import queries, tables
from ..domain import letters
from ..domain.sessions import MOST_PER_USER, Reuse, is_over, judge_reuse
from ..domain.signing_keys import TOKEN_LIFE
from .codes import fingerprint
from .desk import Desk, Origin
from .history import Actor, Deed, hash_of, record
from .mails import post
from .revocations import revoke
from .signing_keys import Signer, current_signer
from .whereabouts import may_come

LIFE_SECONDS = int(TOKEN_LIFE.total_seconds())
WEB_CLIENT = "web"

FULL = "FULL"
RECOVERY = "RECOVERY"
_RECOVERY_SCOPES = frozenset({"otp:write"})
"""Who came in by a recovery code may enrol a new one-time password, and leave."""


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What a session gives: an access token for the body, a refresh token for the cookie."""

    access: str
    scopes: list[str]
    refresh: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How somebody signed in: how surely, by which means, and to what that is good."""

    acr: str
    amr: tuple[str, ...]
    kind: str = FULL


@dataclass(frozen=True, slots=True)
class Proven:
    """When somebody proved themselves anew, and for which one request, if for one."""

    at: datetime
    intent: str | None


Session = tables.UserSession | Row
"""A session, as the session of the database holds it or as the driver has read it."""

# A user's own row is locked while this counts.
_OPEN = Statement("""
WITH first_token AS (
    INSERT INTO refresh_tokens (tenant, token_hash, session_id)
    VALUES (:tenant, :token_hash, :session_id)
)
INSERT INTO sessions (tenant, session_id, user_id, kind, acr, amr, started_at, last_used_at,
                      source_address, user_agent)
VALUES (:tenant, :session_id, :user_id, :kind, :acr, :amr, :now, :now,
        :source_address, :user_agent)
RETURNING *, (SELECT count(*) FROM sessions
              WHERE tenant = :tenant AND user_id = :user_id AND ended_at IS NULL) AS others
""")
_SUCCEED = Statement("""
INSERT INTO refresh_tokens (tenant, token_hash, session_id)
VALUES (:tenant, :token_hash, :session_id)
""")
# What was proven before is no proof any more.
_BURN_ALL = Statement("DELETE FROM sign_ins WHERE tenant = :tenant AND user_id = :user_id")

PASSWORD_ONLY = Proof("aal1", ("pwd",))
WITH_OTP = Proof("aal2", ("pwd", "otp"))
WITH_RECOVERY_CODE = Proof("aal2", ("pwd", "rec"), RECOVERY)


async def open_session(
    tx: AsyncSession, desk: Desk, user: queries.Person, proof: Proof, origin: Origin, now: datetime
) -> tuple[Row, Tokens]:
    """Open a session of a user, who is locked; their oldest ends when there are more than five."""
    secret = secrets.token_urlsafe(32)
    [session] = await _OPEN.rows(
        tx,
        tenant=user.tenant,
        session_id=new_id("session"),
        user_id=user.user_id,
        kind=proof.kind,
        acr=proof.acr,
        amr=proof.amr,
        now=now,
        source_address=str(origin.address) if origin.address else None,
        user_agent=origin.user_agent[:256],
        token_hash=fingerprint(secret),
    )
    if session.others >= MOST_PER_USER:
        living = await queries.living_sessions(tx, user.user_id)
        await end_sessions(tx, living[:-MOST_PER_USER], "too-many", now)
    return session, await _tokens(tx, desk, user, session, secret, now)


async def refresh(desk: Desk, cookie: str, origin: Origin) -> Tokens:
    """Renew a session: a new access token, and a new refresh token in the old one's place.

    Raises: RefreshRejected, RefreshInProgress.
    """
    tenant, token = split(cookie)
    if tenant is None:
        raise RefreshRejected
    now = datetime.now(UTC)
    async with desk.databases.tenant(tenant) as tx:
        judge = _renew if await may_come(tx, tenant, origin.address) else _end_outside
        renewed = await judge(tx, desk, token, origin, now)
    if isinstance(renewed, Tokens):
        return renewed
    raise renewed


async def end_sessions(
    tx: AsyncSession, sessions: Sequence[tables.UserSession], reason: str, now: datetime
) -> None:
    """End sessions, and every token of theirs, on all services."""
    for session in sessions:
        await _end(tx, session, reason, now)


async def end_all(tx: AsyncSession, user_id: str, reason: str, now: datetime) -> None:
    """End every session of a user, and whatever sign-in they have begun."""
    await _BURN_ALL.rows(tx, tenant=tx.info["tenant"], user_id=user_id)
    await end_sessions(tx, await queries.living_sessions(tx, user_id), reason, now)


async def sign_out(databases: Databases, cookie: str, origin: Origin) -> None:
    """End the session a browser holds; one that is gone already is no fault."""
    tenant, token = split(cookie)
    if tenant is None:
        return
    async with databases.tenant(tenant) as tx:
        session = await queries.session_of_token(tx, fingerprint(token))
        if session is not None and session.ended_at is None:
            await _end(tx, session, "sign-out", datetime.now(UTC))
            await record(tx, actor_of(session), origin, Deed("session.end", reason="sign-out"))


def sign_access_token(
    desk: Desk,
    signer: Signer,
    user: queries.Person,
    session: Session,
    now: datetime,
    proven: Proven | None = None,
) -> tuple[str, list[str]]:
    """Write an access token for five minutes; gives it with its scopes."""
    issued_at = int(now.timestamp())
    role = user.role.lower()
    scopes = sorted(grantable(role) if session.kind == FULL else _RECOVERY_SCOPES)
    claims: dict[str, object] = {
        "iss": desk.issuer,
        "sub": user.user_id,
        "aud": audience(scopes),
        "exp": issued_at + LIFE_SECONDS,
        "iat": issued_at,
        "jti": new_uuid().hex,
        "client_id": WEB_CLIENT,
        "sid": session.session_id,
        "tenant": user.tenant,
        "role": role,
        "scope": " ".join(scopes),
        "acr": session.acr,
        "amr": session.amr,
        "auth_time": int((proven.at if proven else session.started_at).timestamp()),
    }
    meant = {"intent": proven.intent} if proven and proven.intent else {}
    return signer.sign(claims | meant, "at+jwt"), scopes


def split(cookie: str) -> tuple[str | None, str]:
    """Take a cookie of ours apart: whose it is, and the secret in it."""
    tenant, _, secret = cookie.partition(".")
    return (tenant, secret) if len(tenant) == 9 and tenant.isdecimal() else (None, "")


def actor_of(session: Session, role: str | None = None) -> Actor:
    """Name the user of a session as the one who acts."""
    sid_hash, amr = hash_of(session.session_id), tuple(session.amr)
    return Actor("user", session.user_id, role, sid_hash, session.acr, amr)


async def _renew(
    tx: AsyncSession, desk: Desk, token: str, origin: Origin, now: datetime
) -> Tokens | RefreshRejected | RefreshInProgress:
    """Renew, or say why not: what a refusal has to leave behind must be committed, too."""
    # Locked: of two requests with one token, the second finds it used.
    row = await queries.refresh_token(tx, fingerprint(token))
    if row is None:
        return RefreshRejected()
    session = await queries.user_session(tx, row.session_id, locked=True)
    user = await queries.user(tx, session.user_id)
    if row.used_at is not None:
        return await _reused(tx, desk, row.used_at, session, user, origin, now)
    if session.ended_at or is_over(session.started_at, session.last_used_at, now):
        return RefreshRejected()
    row.used_at = session.last_used_at = now
    session.source_address = str(origin.address) if origin.address else None
    secret = secrets.token_urlsafe(32)
    await _SUCCEED.rows(
        tx, tenant=user.tenant, session_id=session.session_id, token_hash=fingerprint(secret)
    )
    return await _tokens(tx, desk, user, session, secret, now)


async def _end_outside(
    tx: AsyncSession, desk: Desk, token: str, origin: Origin, now: datetime
) -> RefreshRejected:
    """End a session that has moved to where its policyholder does not let anybody come from."""
    session = await queries.session_of_token(tx, fingerprint(token))
    if session is not None and session.ended_at is None:
        await _end(tx, session, "outside", now)
        deed = Deed("session.refresh", "FAILURE", reason="address-refused")
        await record(tx, actor_of(session), origin, deed)
    return RefreshRejected()


async def _reused(
    tx: AsyncSession,
    desk: Desk,
    used_at: datetime,
    session: tables.UserSession,
    user: tables.User,
    origin: Origin,
    now: datetime,
) -> RefreshRejected | RefreshInProgress:
    if judge_reuse(used_at, now) is Reuse.TWIN and session.ended_at is None:
        return RefreshInProgress(retry_after=1)
    if session.ended_at is None:
        await _end(tx, session, "token-reused", now)
        await post(tx, desk.kek, user.mail, letters.notice("token-reused"))
        deed = Deed("session.refresh", "FAILURE", reason="token-reused")
        await record(tx, actor_of(session), origin, deed)
    return RefreshRejected()


async def _end(tx: AsyncSession, session: tables.UserSession, reason: str, now: datetime) -> None:
    session.ended_at, session.end_reason = now, reason
    await revoke(tx, session.session_id, now)


async def _tokens(
    tx: AsyncSession,
    desk: Desk,
    user: queries.Person,
    session: Session,
    secret: str,
    now: datetime,
) -> Tokens:
    signer = await current_signer(tx, desk.kek, now)
    access, scopes = sign_access_token(desk, signer, user, session, now)
    return Tokens(access, scopes, f"{user.tenant}.{secret}")
