"""One-time passwords (ワンタイムパスワード): enrolled, confirmed, accepted once."""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.driver import Statement

from .. import queries, tables
from ..domain import letters, throttling
from ..domain.codes import OTP_SECRET_BYTES, otp_step
from .mails import post
from .sealing import KeyEncryptionKey, Place

_ISSUER = "Trade insurance"

# One statement decides: of two who bring the same password at once, one comes too late.
_TAKE = Statement("""
UPDATE users SET last_otp_step = :step
WHERE tenant = :tenant AND user_id = :user_id AND last_otp_step < :step RETURNING last_otp_step
""")
_CONFIRM = Statement("""
UPDATE users SET sealed_otp_secret = sealed_pending_secret, sealed_pending_secret = NULL
WHERE tenant = :tenant AND user_id = :user_id
""")


async def accept(
    tx: AsyncSession, kek: KeyEncryptionKey, user: queries.Person, typed: str, now: datetime
) -> bool:
    """Accept a one-time password, if none of its step or a later one was accepted before."""
    if user.sealed_otp_secret is None:
        return False
    return await _accept(tx, kek.open(user.sealed_otp_secret, place(user)), user, typed, now)


async def confirm(
    tx: AsyncSession, kek: KeyEncryptionKey, user: queries.Person, typed: str, now: datetime
) -> bool:
    """Make the pending secret the one in force, if its owner's telephone shows what ours does."""
    pending = user.sealed_pending_secret
    if pending is None or not await _accept(tx, kek.open(pending, place(user)), user, typed, now):
        return False
    await _CONFIRM.rows(tx, tenant=user.tenant, user_id=user.user_id)
    return True


def enrol(kek: KeyEncryptionKey, user: tables.User) -> str:
    """Make a pending secret, and give the address its owner's telephone reads (otpauth URI)."""
    secret = b32encode(secrets.token_bytes(OTP_SECRET_BYTES)).decode()
    user.sealed_pending_secret = kek.seal(secret.encode(), place(user))
    user.encryption_key_id = kek.id
    return pyotp.TOTP(secret).provisioning_uri(name=user.login_id, issuer_name=_ISSUER)


def disable(user: tables.User) -> None:
    """Forget a user's secrets: nothing they show is accepted any more."""
    user.sealed_otp_secret = user.sealed_pending_secret = None
    user.encryption_key_id = None


async def was_wrong(tx: AsyncSession, kek: KeyEncryptionKey, user: tables.User, tries: int) -> None:
    """Tell the owner of wrong ones after a right password, and end what was tried too often."""
    if tries == throttling.NOTICE_AFTER:
        await post(tx, kek, user.mail, letters.notice("wrong-otp"))
    if tries >= throttling.DISABLED_AFTER:
        disable(user)
        await post(tx, kek, user.mail, letters.notice("otp-disabled"))


async def _accept(
    tx: AsyncSession, secret: bytes, user: queries.Person, typed: str, now: datetime
) -> bool:
    clock = otp_step(now.timestamp())
    at_step = pyotp.HOTP(secret.decode()).at
    fitting = [
        step for step in (clock - 1, clock, clock + 1) if hmac.compare_digest(at_step(step), typed)
    ]
    if not fitting:
        return False
    of_them = {"tenant": user.tenant, "user_id": user.user_id}
    return await _TAKE.row(tx, **of_them, step=max(fitting)) is not None


def place(user: queries.Person) -> Place:
    """Say where a user's secrets belong."""
    return Place("otp-secret", user.tenant, "users", user.user_id)
