"""The desk people sign in at: what each of its acts needs, and whom it speaks with."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from libs.common.database import Databases

from .hashing import Hasher
from .sealing import KeyEncryptionKey

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Desk:
    """The doors to the database, the keys, and the one hasher of this process."""

    databases: Databases
    issuer: str
    kek: KeyEncryptionKey
    hasher: Hasher = field(default_factory=Hasher)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, as far as we believe it; and its device cookie, as it is."""

    address: Address | None
    user_agent: str = ""
    device: str | None = None
