"""Our signing keys: made ahead, used in turn, and gone after the last they have signed."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM
from libs.common.driver import Statement
from libs.common.problem_codes import DependencyUnavailable

from .. import queries, tables
from ..domain import signing_keys
from ..domain.signing_keys import KeyLife
from .client_keys import thumbprint
from .sealing import KeyEncryptionKey, Place

Key = TypeVar("Key", tables.SigningKey, tables.AuditKey)

_KEYS: dict[type[tables.SigningKey | tables.AuditKey], Statement] = {
    tables.SigningKey: Statement("SELECT kid, signs_from, sealed_private_key FROM signing_keys"),
    tables.AuditKey: Statement("SELECT kid, signs_from, sealed_private_key FROM audit_keys"),
}
_ROTATION = text("SELECT pg_advisory_xact_lock(hashtext('identity.signing-keys'))")


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """The key of the hour."""

    kid: str
    _private_key: Any

    def sign(self, claims: dict[str, object], typ: str) -> str:
        """Write a signed token."""
        header = {"typ": typ, "kid": self.kid}
        return jwt.encode(claims, self._private_key, "ES256", headers=header)


async def rotate_keys(tx: AsyncSession, kek: KeyEncryptionKey, now: datetime) -> None:
    """Make the next signing key when it is time, and remove those that are through.

    Units: `now` is real time.
    """
    lives = await make_next(tx, tables.SigningKey, kek, now, signing_keys.SIGNS_FOR)
    gone = [key.kid for key in signing_keys.finished(lives, now)]
    await tx.execute(delete(tables.SigningKey).where(tables.SigningKey.kid.in_(gone)))


async def make_next(
    tx: AsyncSession, kind: type[Key], kek: KeyEncryptionKey, now: datetime, signs_for: timedelta
) -> list[KeyLife]:
    """Make the next key of a kind when it is time; gives those there were before.

    Units: `now` is real time.
    """
    # One process rotates at a time, or a platform of many would make many keys.
    await tx.execute(_ROTATION)
    lives = await queries.key_lives(tx, kind)
    begins = signing_keys.next_beginning(lives, now, signs_for)
    if begins is not None:
        tx.add(new_key(kind, kek, begins))
    return lives


async def current_signer(tx: AsyncSession, kek: KeyEncryptionKey, now: datetime) -> Signer:
    """Open the key that signs now.

    Raises: DependencyUnavailable before the platform has its first key; SealBroken.
    """
    return await signer_of(tx, tables.SigningKey, kek, now)


async def signer_of(
    tx: AsyncSession, kind: type[Key], kek: KeyEncryptionKey, now: datetime
) -> Signer:
    """Open the key of a kind that signs now.

    Raises: DependencyUnavailable before the platform has its first key, or where this clock is so
    far behind that the key of its hour is spent; SealBroken.
    """
    sealed = {KeyLife(*key): private for *key, private in await _KEYS[kind].rows(tx)}
    life = signing_keys.signer(list(sealed), now)
    if life is None or sealed[life] is None:
        raise DependencyUnavailable(retry_after=1)
    return Signer(life.kid, _opened(kek, sealed[life], _at(kind, life.kid)))


@lru_cache(maxsize=4)
def _opened(kek: KeyEncryptionKey, sealed: bytes, at: Place) -> Any:
    # Kept while it is the same: to read a key costs more than to sign with it.
    return serialization.load_der_private_key(kek.open(sealed, at), password=None)


def new_key(kind: type[Key], kek: KeyEncryptionKey, signs_from: datetime) -> Key:
    """Make a key of ours, its private half sealed."""
    key = ec.generate_private_key(ec.SECP256R1())
    jwk: dict[str, str] = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    kid = thumbprint(jwk)
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return kind(
        kid=kid,
        public_jwk=jwk | {"kid": kid, "use": "sig", "alg": "ES256"},
        sealed_private_key=kek.seal(der, _at(kind, kid)),
        encryption_key_id=kek.id,
        signs_from=signs_from,
    )


def place(key: tables.SigningKey | tables.AuditKey) -> Place:
    """Say where the private half of a key of ours belongs."""
    return _at(type(key), key.kid)


def _at(kind: type[tables.SigningKey | tables.AuditKey], kid: str) -> Place:
    purpose = "signing-key" if kind is tables.SigningKey else "audit-key"
    return Place(purpose, PLATFORM, kind.__tablename__, kid)
