"""Codes sent by mail and kept for a bad day: made, stored so that nobody reads them, redeemed."""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Databases
from libs.common.driver import Statement

from .. import queries, tables
from ..domain import codes
from .sealing import KeyEncryptionKey

ACTIVATION = "ACTIVATION"
REISSUE = "REISSUE"
_LIVES = {ACTIVATION: codes.ACTIVATION_LIFE, REISSUE: codes.REISSUE_LIFE}

_TRY = Statement("""
UPDATE mailed_codes SET tries = tries + 1
WHERE tenant = :tenant AND user_id = :user_id AND purpose = :purpose
RETURNING tries, code_mac, browser_hash, expires_at
""")


async def issue(
    tx: AsyncSession,
    kek: KeyEncryptionKey,
    user: queries.Person,
    purpose: str,
    now: datetime,
    browser: str | None = None,
) -> str:
    """Make the one living code of a purpose; an earlier one ends."""
    code = random_code(codes.MAILED_LENGTH)
    row = {
        "tenant": user.tenant,
        "user_id": user.user_id,
        "purpose": purpose,
        "code_mac": _mac(kek, user.user_id, purpose, code),
        "browser_hash": fingerprint(browser) if browser else None,
        "tries": 0,
        "expires_at": now + _LIVES[purpose],
    }
    made = insert(tables.MailedCode).values(row)
    place = ["tenant", "user_id", "purpose"]
    await tx.execute(made.on_conflict_do_update(index_elements=place, set_=row))
    return code


async def fits(
    databases: Databases,
    kek: KeyEncryptionKey,
    user: queries.Person,
    purpose: str,
    typed: str,
    now: datetime,
    browser: str | None = None,
) -> bool:
    """Check a code; the try is counted before it is judged, and there are five."""
    place = {"tenant": user.tenant, "user_id": user.user_id, "purpose": purpose}
    async with databases.tenant(user.tenant) as tx:
        found = await _TRY.row(tx, **place)
    if found is None or found.tries > codes.MOST_TRIES or found.expires_at <= now:
        return False
    if found.browser_hash is not None and found.browser_hash != fingerprint(browser or ""):
        return False
    mac = _mac(kek, user.user_id, purpose, codes.typed(typed))
    return hmac.compare_digest(found.code_mac, mac)


async def spend(tx: AsyncSession, user_id: str, purpose: str) -> bool:
    """Use a code up; of two who bring it at once, one finds it gone."""
    code = tables.MailedCode
    spent = delete(code).where(code.user_id == user_id, code.purpose == purpose)
    return await tx.scalar(spent.returning(code.purpose)) is not None


async def new_recovery_codes(tx: AsyncSession, user: queries.Person) -> list[str]:
    """Make ten recovery codes (リカバリーコード); the earlier ones end."""
    await tx.execute(delete(tables.RecoveryCode).where(tables.RecoveryCode.user_id == user.user_id))
    made = [random_code(codes.RECOVERY_LENGTH) for _ in range(codes.RECOVERY_COUNT)]
    tx.add_all(
        tables.RecoveryCode(
            tenant=user.tenant, user_id=user.user_id, code_hash=fingerprint(code), used_at=None
        )
        for code in made
    )
    return [codes.written(code) for code in made]


async def spend_recovery_code(tx: AsyncSession, user_id: str, typed: str, now: datetime) -> bool:
    """Use a recovery code; of two who bring it at once, one comes too late."""
    row = tables.RecoveryCode
    used = (
        update(row)
        .where(
            row.user_id == user_id,
            row.code_hash == fingerprint(codes.typed(typed)),
            row.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return await tx.scalar(used.returning(row.code_hash)) is not None


async def recovery_codes_left(tx: AsyncSession, user_id: str) -> int:
    """Count the recovery codes that can still be used."""
    row = tables.RecoveryCode
    left = select(func.count()).where(row.user_id == user_id, row.used_at.is_(None))
    return (await tx.scalars(left)).one()


def random_code(length: int) -> str:
    """Draw letters that nobody mistakes for each other."""
    return "".join(secrets.choice(codes.ALPHABET) for _ in range(length))


def fingerprint(secret: str) -> bytes:
    """Hash what is random enough that nobody could guess it from its hash."""
    return sha256(secret.encode()).digest()


def _mac(kek: KeyEncryptionKey, user_id: str, purpose: str, code: str) -> bytes:
    # Fifty bits could be tried one by one: keyed, so that the database alone does not tell.
    return kek.mac("mailed-code", user_id, purpose, code)
