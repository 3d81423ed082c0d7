"""One-time passwords (ワンタイムパスワード): enrolled, confirmed, accepted once."""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.codes import OTP_SECRET_BYTES, otp_step
from .sealing import KeyEncryptionKey, Place

_ISSUER = "Trade insurance"


async def accept(
    tx: AsyncSession, kek: KeyEncryptionKey, user: tables.User, typed: str, now: datetime
) -> bool:
    """Accept a one-time password, if none of its step or a later one was accepted before."""
    if user.sealed_otp_secret is None:
        return False
    return await _accept(tx, kek.open(user.sealed_otp_secret, place(user)), user, typed, now)


async def confirm(
    tx: AsyncSession, kek: KeyEncryptionKey, user: tables.User, typed: str, now: datetime
) -> bool:
    """Make the pending secret the one in force, if its owner's telephone shows what ours does."""
    pending = user.sealed_pending_secret
    if pending is None or not await _accept(tx, kek.open(pending, place(user)), user, typed, now):
        return False
    user.sealed_otp_secret, user.sealed_pending_secret = pending, None
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


async def _accept(
    tx: AsyncSession, secret: bytes, user: tables.User, typed: str, now: datetime
) -> bool:
    clock = otp_step(now.timestamp())
    at_step = pyotp.HOTP(secret.decode()).at
    fitting = [
        step for step in (clock - 1, clock, clock + 1) if hmac.compare_digest(at_step(step), typed)
    ]
    # One statement decides: of two who bring the same password at once, one comes too late.
    row = tables.User
    taken = (
        update(row)
        .where(row.user_id == user.user_id, row.last_otp_step < max(fitting, default=0))
        .values(last_otp_step=max(fitting, default=0))
        .returning(row.last_otp_step)
        .execution_options(synchronize_session=False)
    )
    return bool(fitting) and await tx.scalar(taken) is not None


def place(user: tables.User) -> Place:
    """Say where a user's secrets belong."""
    return Place("otp-secret", user.tenant, "users", user.user_id)
