"""Acts on machine clients (マシンクライアント): register, revoke."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for
from libs.common.dates import today_in_japan
from libs.common.etags import match
from libs.common.permissions import BATCH, CLIENT, OPERATOR, grantable
from libs.common.wire import new_id

from .. import queries, tables
from ..domain import machine_clients, scopes, source_addresses
from ..errors import (
    MachineClientNotFound,
    MachineClientRevoked,
    PublicKeyRefused,
    SourceAddressesRequired,
)
from .acting import Acting
from .client_keys import NewKey, accept
from .history import Deed
from .revocations import revoke


@dataclass(frozen=True, slots=True)
class Registration:
    """A machine client as it is to be; without keys it gets a secret."""

    tenant: str
    name: str
    keys: Sequence[NewKey]
    scopes: Sequence[str]
    source_addresses: Sequence[str]
    client_id: str | None = None
    batch_policyholders: Sequence[str] = ()

    @property
    def role(self) -> str:
        """What its tokens will say it is."""
        if self.tenant != PLATFORM:
            return CLIENT
        return BATCH if self.batch_policyholders else OPERATOR


@dataclass(frozen=True, slots=True, repr=False)
class Registered:
    """A machine client as it now is, and its secret, which nobody can read again."""

    client: tables.MachineClient
    keys: Sequence[tables.ClientKey]
    secret: str | None


async def register_machine_client(tx: AsyncSession, wish: Registration, at: datetime) -> Registered:
    """Register a program that acts for a policyholder, or for staff.

    Units:  `at` is real time; keys live by it.
    Raises: PolicyholderNotFound, TooManyMachineClients, ScopeNotGrantable, KeyLifeOutOfRange,
            PublicKeyRefused, SourceAddressRefused, SourceAddressesRequired.
    """
    scopes.check_registrable(wish.scopes, grantable(wish.role))
    machine_clients.check_key_lives((key.expires_on for key in wish.keys), today_in_japan(at))
    networks = _networks(wish)
    if not wish.keys and not networks:
        raise SourceAddressesRequired
    await _make_room(tx, wish.tenant)

    client_id = wish.client_id or new_id("client")
    secret = None if wish.keys else secrets.token_urlsafe(32)
    client = tables.MachineClient(
        tenant=wish.tenant,
        client_id=client_id,
        name=wish.name,
        method="PRIVATE_KEY_JWT" if wish.keys else "CLIENT_SECRET_BASIC",
        key_set_id=new_id("keyset"),
        # 256 random bits need no slow hash: there is nothing to guess.
        secret_hash=hash_secret(secret) if secret else None,
        scopes=sorted(set(wish.scopes)),
        batch_policyholders=sorted(set(wish.batch_policyholders)),
        source_addresses=[str(network) for network in networks],
        status=queries.ACTIVE,
        version=1,
        registered_at=at,
    )
    keys = _accept_keys(client, wish.keys)
    tx.add_all([client, tables.ClientDirectoryEntry(client_id=client_id, tenant=wish.tenant)])
    await tx.flush()
    tx.add_all(keys)
    await tx.flush()
    return Registered(client, keys, secret)


async def revoke_machine_client(
    tx: AsyncSession, acting: Acting, client_id: str, seen_version: int
) -> tables.MachineClient:
    """Revoke a machine client of the transaction's tenant, and every token it still holds.

    Raises: MachineClientNotFound, PreconditionFailed, MachineClientRevoked.
    """
    # Locked: of two who revoke it, the second finds it done. A token issued meanwhile
    # carries the revoked `sid` and is refused with the others.
    client = await queries.machine_client(tx, client_id, locked=True)
    match(seen_version, client.version)
    if client.status != queries.ACTIVE:
        raise MachineClientRevoked

    client.status, client.revoked_at = "REVOKED", acting.now
    client.version += 1
    await revoke(tx, client.key_set_id, acting.now)
    await acting.note(tx, Deed("machine-client.revoke", target=client_id))
    return client


async def replace_keys(
    tx: AsyncSession, client: tables.MachineClient, wished: Sequence[NewKey], at: datetime
) -> None:
    """Give a client new keys; tokens it holds by the old ones end.

    Raises: KeyLifeOutOfRange, PublicKeyRefused.
    """
    machine_clients.check_key_lives((key.expires_on for key in wished), today_in_japan(at))
    keys = _accept_keys(client, wished)
    of_client = tables.ClientKey.client_id == client.client_id
    await tx.execute(delete(tables.ClientKey).where(of_client))
    tx.add_all(keys)
    await revoke(tx, client.key_set_id, at)
    client.key_set_id = new_id("keyset")
    client.version += 1


async def act_for_owner(tx: AsyncSession, client_id: str) -> None:
    """Turn a staff transaction to whoever a client belongs to.

    Raises: MachineClientNotFound.
    """
    tenant = await queries.client_tenant(tx, client_id)
    if tenant is None:
        raise MachineClientNotFound
    await act_for(tx, tenant)


def hash_secret(secret: str) -> bytes:
    """Hash a client's secret as it is stored."""
    return sha256(secret.encode()).digest()


def _networks(wish: Registration) -> Sequence[source_addresses.Network]:
    is_job = bool(wish.batch_policyholders)
    read = source_addresses.read_networks_of_jobs if is_job else source_addresses.read_networks
    return read(wish.source_addresses)


async def _make_room(tx: AsyncSession, tenant: str) -> None:
    await act_for(tx, tenant)
    if tenant == PLATFORM:
        return
    # Locked: two registrations at once must not both be the fifth.
    await queries.policyholder(tx, tenant, locked=True)
    machine_clients.check_count(await queries.active_clients(tx))


def _accept_keys(client: tables.MachineClient, wished: Sequence[NewKey]) -> list[tables.ClientKey]:
    keys = [accept(client.client_id, client.tenant, key) for key in wished]
    if len({key.kid for key in keys}) < len(keys):
        raise PublicKeyRefused
    return keys
