"""Hashing passwords: slow on purpose, and never more at once than the machine can bear."""

import asyncio
import os
from collections.abc import Callable
from secrets import token_bytes
from typing import TypeVar

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from prometheus_client import Counter

from ..domain.passwords import normalised

# Source: security notes §3.3.
_MEMORY_KIB = 19456
_ROUNDS = 2
_LANES = 1
_SALT_BYTES = 16
_HASH_BYTES = 32
_PARAMETERS = f"$m={_MEMORY_KIB},t={_ROUNDS},p={_LANES}$"
_AT_ONCE_PER_CORE = 2

HASHED = Counter("password_hashes", "Password hashes computed")


_T = TypeVar("_T")


class Hasher:
    """Hashes and checks passwords (Argon2id) beside the event loop, a few at a time."""

    def __init__(self) -> None:
        """Make the hash that stands in for accounts that are not there."""
        self._turns = asyncio.Semaphore(_AT_ONCE_PER_CORE * (os.cpu_count() or 1))
        self._nobodys = _hash(token_bytes(32).hex())

    async def hash(self, password: str) -> str:
        """Hash a password as it is stored (PHC string)."""
        return await self._in_turn(_hash, normalised(password))

    async def fits(self, password: str, stored: str | None) -> bool:
        """Check a password; where nothing is stored it takes as long, and never fits."""
        fits = await self._in_turn(_fits, normalised(password), stored or self._nobodys)
        return fits and stored is not None

    async def _in_turn(self, act: Callable[..., _T], *words: str) -> _T:
        async with self._turns:
            HASHED.inc()
            return await asyncio.to_thread(act, *words)


def is_weaker(stored: str) -> bool:
    """Tell whether a hash was made with other costs than today's."""
    return _PARAMETERS not in stored


def _hash(password: str) -> str:
    return _derivation().derive_phc_encoded(password.encode())


def _fits(password: str, stored: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return False
    return True


def _derivation() -> Argon2id:
    return Argon2id(
        salt=token_bytes(_SALT_BYTES),
        length=_HASH_BYTES,
        iterations=_ROUNDS,
        lanes=_LANES,
        memory_cost=_MEMORY_KIB,
    )
