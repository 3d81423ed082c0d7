"""The chain of the access history (アクセス履歴): each entry is bound by hash to the one before it.

Source: security notes §3.11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785

from libs.common import jose

VERSION = b"ti-audit-v1"
"""What every hash of a chain begins with."""

CHECKPOINT_TYPE = "history-checkpoint+jwt"
"""What a signed checkpoint says it is; no other signature of ours can be shown as one."""

Keys = Mapping[str, Any]
"""The public keys of checkpoints, by their `kid`."""

Signed = tuple[int, str]
"""How many entries a checkpoint covers, and its signature."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first entry of a chain that is not as it was written, and what is wrong with it."""

    tenant: str
    seq: int
    what: str


def chained(prev_hash: bytes, fields: dict[str, Any]) -> bytes:
    """Hash an entry with the hash of the one before it (RFC 8785 JSON of all other fields)."""
    return sha256(VERSION + prev_hash + rfc8785.dumps(fields)).digest()


def around_seq(fields: dict[str, Any]) -> tuple[str, str]:
    """Write an entry's JSON up to its number and on from there; the number is the database's.

    Source: RFC 8785 §3.2.3 (members stand in the order of their names).
    """
    before = rfc8785.dumps({name: value for name, value in fields.items() if name < "seq"})
    after = rfc8785.dumps({name: value for name, value in fields.items() if name > "seq"})
    return before.decode()[:-1] + ',"seq":', "," + after.decode()[1:]


def genesis(tenant: str) -> bytes:
    """The hash a chain begins with; no two chains begin alike."""
    return sha256(VERSION + tenant.encode()).digest()


def claims(issuer: str, tenant: str, size: int, head: bytes, at: int) -> dict[str, object]:
    """What a checkpoint signs: that a chain had so many entries, and which the last one was."""
    return {"iss": issuer, "tenant": tenant, "size": size, "head": head.hex(), "iat": at}


class Chain:
    """A chain under examination, entry by entry: where it has come to, until where it is signed.

    Without keys, signatures are not looked at.
    """

    def __init__(
        self, tenant: str, before: bytes, first_seq: int = 1, keys: Keys | None = None
    ) -> None:
        """Begin where the hash before the first entry is known."""
        self._tenant = tenant
        self._hash = before
        self._keys = keys
        self.seq = self.signed = first_seq - 1

    def entry(self, fields: dict[str, Any], prev_hash: bytes, entry_hash: bytes) -> Flaw | None:
        """Take the next entry; gives what is wrong with it, if anything is."""
        if fields["seq"] != self.seq + 1:
            return self.flaw("missing" if fields["seq"] > self.seq else "inserted")
        if fields["tenant"] != self._tenant or prev_hash != self._hash:
            return self.flaw("out of its chain")
        if entry_hash != chained(prev_hash, fields):
            return self.flaw("changed")
        self.seq, self._hash = self.seq + 1, entry_hash
        return None

    def checkpoint(self, signature: str) -> Flaw | None:
        """Take what was signed for the chain as it is by now.

        Where that is something else, one of the entries since the last checkpoint is not as it was.
        Raises: jose.Malformed.
        """
        token = jose.read(signature)
        now = {"tenant": self._tenant, "size": self.seq, "head": self._hash.hex()}
        if any(token.payload.get(name) != value for name, value in now.items()):
            return self.flaw("not as it was signed", self.signed + 1)
        if self._keys is not None and not _is_ours(token, self._keys):
            return self.flaw("signed by somebody else", self.signed + 1)
        self.signed = self.seq
        return None

    def forgotten(
        self, size: int, head_hash: bytes, signature: str, latest: datetime
    ) -> Flaw | None:
        """Go on after a checkpoint before which nothing is left; it must not be signed later.

        Raises: jose.Malformed.
        """
        self.seq, self._hash = size, head_hash
        if (flaw := self.checkpoint(signature)) is not None:
            return flaw
        at = jose.read(signature).payload.get("iat")
        is_old = isinstance(at, int) and at <= latest.timestamp()
        return None if is_old else self.flaw("missing", 1)

    def ends_with(self, seq: int, entry_hash: bytes) -> bool:
        """Tell whether this was the last entry taken."""
        return (self.seq, self._hash) == (seq, entry_hash)

    def flaw(self, what: str, seq: int | None = None) -> Flaw:
        """Name the next entry, or the given one, and what is wrong with it."""
        return Flaw(self._tenant, self.seq + 1 if seq is None else seq, what)


def _is_ours(token: jose.SignedToken, keys: Keys) -> bool:
    if token.header.get("typ") != CHECKPOINT_TYPE:
        return False
    key = keys.get(str(token.header.get("kid")))
    return key is not None and token.is_signed_by(key, "ES256")
