"""Sealing: what must lie in the database and must not be readable there."""

import hmac
import os
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class SealBroken(RuntimeError):
    """A sealed value is not what was put there, or was sealed with another key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value belongs; it opens nowhere else."""

    purpose: str
    tenant: str
    table: str
    row: str


@dataclass(frozen=True, slots=True, repr=False)
class KeyEncryptionKey:
    """The key that seals others (AES-256-GCM), and the id it is found by.

    Source: security notes §6.
    """

    id: str
    _key: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the key from its setting.

        Raises: ValueError, if it is not 32 bytes in base64url.
        """
        key = urlsafe_b64decode(text)
        if len(key) != 32:
            raise ValueError("the key-encryption key must have 32 bytes")
        return cls(sha256(b"key-id" + key).hexdigest()[:16], key)

    def seal(self, plain: bytes, place: Place) -> bytes:
        """Seal a value for its place."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, plain, self._context(place))

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Open a sealed value.

        Raises: SealBroken; there is no other way in.
        """
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self._key).decrypt(nonce, rest, self._context(place))
        except InvalidTag as why:
            raise SealBroken from why

    def opens(self, sealed: bytes, place: Place) -> bool:
        """Tell whether a value was sealed with this key."""
        try:
            self.open(sealed, place)
        except SealBroken:
            return False
        return True

    def mac(self, purpose: str, *parts: str) -> bytes:
        """Hash what must be found again and never read back, with a key for this purpose alone."""
        key = hmac.digest(self._key, b"mac|" + purpose.encode(), "sha256")
        return hmac.digest(key, "|".join(parts).encode(), "sha256")

    def _context(self, place: Place) -> bytes:
        parts = (place.purpose, place.tenant, place.table, place.row, self.id)
        return "|".join(parts).encode()
