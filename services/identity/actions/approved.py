"""What happens when a request is approved; and whether it could happen at all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import today_in_japan
from libs.common.permissions import CLIENT, grantable

from .. import queries, tables
from ..domain import machine_clients, scopes, source_addresses
from ..domain.approvals import (
    AccountChange,
    AccountCreation,
    AccountDeletion,
    AdministratorGrant,
    ClientCreation,
    ClientKeyChange,
    Content,
    PublicKey,
)
from ..errors import MachineClientRevoked, SourceAddressesRequired, UserNotGrantable
from .acting import Acting
from .bank_accounts import put_into_force
from .client_keys import NewKey, accept
from .machine_clients import Registration, register_machine_client, replace_keys
from .users import grant_administrator


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """An approved request; a new client's secret, where it has one, is shown this once."""

    approval: tables.Approval
    client_id: str | None = None
    client_secret: str | None = None


async def check(tx: AsyncSession, content: Content, now: datetime) -> None:
    """Refuse a request that could not happen.

    Raises: BankAccountNotFound, UserNotFound, UserNotGrantable, MachineClientNotFound, and what
            a machine client is refused for.
    """
    match content:
        case AccountChange() | AccountDeletion():
            await queries.account_in_force(tx, content.bank_account_id, now)
        case AdministratorGrant():
            await _grantable(tx, content.user_id)
        case ClientCreation():
            scopes.check_registrable(content.scopes, grantable(CLIENT))
            networks = source_addresses.read_networks(content.source_addresses)
            if not content.keys and not networks:
                raise SourceAddressesRequired
            _check_keys(tx.info["tenant"], content.keys, now)
        case ClientKeyChange():
            await _active_client(tx, content.client_id)
            _check_keys(tx.info["tenant"], content.keys, now)


async def happen(
    tx: AsyncSession, acting: Acting, row: tables.Approval, content: Content
) -> Outcome:
    """Let an approved request happen.

    Raises: as `check`, if it has become impossible meanwhile; TooManyMachineClients.
    """
    await check(tx, content, acting.now)
    match content:
        case AccountCreation() | AccountChange() | AccountDeletion():
            await put_into_force(tx, acting.desk.kek, row, content, acting.now)
        case AdministratorGrant():
            await grant_administrator(tx, acting, await _grantable(tx, content.user_id))
        case ClientKeyChange():
            client = await _active_client(tx, content.client_id)
            await replace_keys(tx, client, [_new(key) for key in content.keys], acting.now)
        case ClientCreation():
            wish = Registration(
                tenant=row.tenant,
                name=content.name,
                keys=[_new(key) for key in content.keys],
                scopes=content.scopes,
                source_addresses=content.source_addresses,
            )
            made = await register_machine_client(tx, wish, acting.now)
            return Outcome(row, made.client.client_id, made.secret)
    return Outcome(row)


async def _grantable(tx: AsyncSession, user_id: str) -> tables.User:
    user = await queries.user(tx, user_id, locked=True)
    if user.role != queries.APPLICANT or user.status != queries.ACTIVE:
        raise UserNotGrantable
    return user


async def _active_client(tx: AsyncSession, client_id: str) -> tables.MachineClient:
    client = await queries.machine_client(tx, client_id, locked=True)
    if client.status != queries.ACTIVE:
        raise MachineClientRevoked
    return client


def _check_keys(tenant: str, keys: tuple[PublicKey, ...], now: datetime) -> None:
    machine_clients.check_key_lives((key.expires_on for key in keys), today_in_japan(now))
    for key in keys:
        accept("", tenant, _new(key))


def _new(key: PublicKey) -> NewKey:
    return NewKey(key.jwk, key.kid, key.expires_on)
