"""A new key-encryption key takes the old one's place: everything sealed is sealed anew."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import Databases

from .. import queries, tables
from . import approvals, bank_accounts, mails, otp, signing_keys
from .sealing import KeyEncryptionKey, Place

PlaceOf = Callable[[Any], Place]

_OF_POLICYHOLDERS: tuple[tuple[Any, str, PlaceOf], ...] = (
    (tables.User, "sealed_otp_secret", otp.place),
    (tables.User, "sealed_pending_secret", otp.place),
    (tables.Approval, "sealed_content", approvals.place),
    (tables.BankAccount, "sealed_number", bank_accounts.place),
)
_OF_THE_PLATFORM: tuple[tuple[Any, str, PlaceOf], ...] = (
    (tables.SigningKey, "sealed_private_key", signing_keys.place),
    (tables.AuditKey, "sealed_private_key", signing_keys.place),
    (tables.Mail, "sealed_content", mails.place),
)


async def reseal(databases: Databases, old: KeyEncryptionKey, new: KeyEncryptionKey) -> int:
    """Seal everything with a new key; gives how many values, of which none was left behind.

    Each policyholder in a transaction of its own: broken off, it is simply begun again.

    Raises: SealBroken, if a value was sealed with neither of both.
    """
    async with databases.platform() as tx:
        done = await _anew(tx, _OF_THE_PLATFORM, old, new)
        tenants = await queries.policyholders_with_access(tx)
    for tenant in tenants:
        async with databases.tenant(tenant) as tx:
            done += await _anew(tx, _OF_POLICYHOLDERS, old, new)
    return done


async def _anew(
    tx: AsyncSession,
    places: tuple[tuple[Any, str, PlaceOf], ...],
    old: KeyEncryptionKey,
    new: KeyEncryptionKey,
) -> int:
    done = 0
    for table, column, place_of in places:
        for row in await tx.scalars(select(table).with_for_update()):
            sealed = getattr(row, column)
            if sealed is None or new.opens(sealed, place_of(row)):
                continue
            setattr(row, column, new.seal(old.open(sealed, place_of(row)), place_of(row)))
            if hasattr(row, "encryption_key_id"):
                row.encryption_key_id = new.id
            done += 1
        await tx.flush()
    return done
