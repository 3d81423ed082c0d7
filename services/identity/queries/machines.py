"""Reads of companies, machines and keys."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.signing_keys import KeyLife
from ..errors import MachineClientNotFound, PolicyholderNotFound

ACTIVE = "ACTIVE"


async def policyholder(
    tx: AsyncSession, policyholder_code: str, *, locked: bool = False
) -> tables.Policyholder:
    """Find a policyholder.

    Raises: PolicyholderNotFound.
    """
    found = await tx.get(tables.Policyholder, policyholder_code, with_for_update=locked)
    if found is None:
        raise PolicyholderNotFound
    return found


async def client_tenant(tx: AsyncSession, client_id: str) -> str | None:
    """Tell whose a client id is."""
    entry = await tx.get(tables.ClientDirectoryEntry, client_id)
    return entry.tenant if entry else None


async def machine_client(
    tx: AsyncSession, client_id: str, *, locked: bool = False
) -> tables.MachineClient:
    """Find a machine client of the transaction's tenant.

    Raises: MachineClientNotFound.
    """
    key = (tx.info["tenant"], client_id)
    found = await tx.get(tables.MachineClient, key, with_for_update=locked)
    if found is None:
        raise MachineClientNotFound
    return found


def machine_clients() -> Select[tuple[tables.MachineClient]]:
    """All machine clients of the transaction's tenant."""
    return select(tables.MachineClient)


async def all_active_clients(tx: AsyncSession) -> Sequence[tables.MachineClient]:
    """The tenant's active machine clients, locked."""
    active = select(tables.MachineClient).where(tables.MachineClient.status == ACTIVE)
    return (await tx.scalars(active.with_for_update())).all()


async def active_clients(tx: AsyncSession) -> int:
    """Count the tenant's active machine clients."""
    active = tables.MachineClient.status == ACTIVE
    return (
        await tx.scalars(select(func.count()).select_from(tables.MachineClient).where(active))
    ).one()


async def client_keys(tx: AsyncSession, client_id: str) -> Sequence[tables.ClientKey]:
    """The public keys of a client."""
    keys = select(tables.ClientKey).where(tables.ClientKey.client_id == client_id)
    return (await tx.scalars(keys.order_by(tables.ClientKey.expires_on))).all()


async def key_lives(
    tx: AsyncSession, kind: type[tables.SigningKey | tables.AuditKey]
) -> list[KeyLife]:
    """When each of our keys of a kind begins to sign."""
    rows = await tx.execute(select(kind.kid, kind.signs_from))
    return [KeyLife(kid, signs_from) for kid, signs_from in rows]


async def public_keys(tx: AsyncSession) -> Sequence[dict[str, str]]:
    """The public halves of all signing keys, newest first: also those that sign only tomorrow."""
    newest_first = tables.SigningKey.signs_from.desc()
    return (await tx.scalars(select(tables.SigningKey.public_jwk).order_by(newest_first))).all()


async def revocations(
    tx: AsyncSession, after: int | None, since: datetime
) -> tuple[list[str], int]:
    """List what was revoked after a place, or else since an instant; and the last place."""
    row = tables.Revocation
    # What is long past counts as heard. Looked up first: what comes in between is heard as well.
    last = after if after is not None else await tx.scalar(select(func.max(row.position)))
    wanted = row.revoked_at >= since if after is None else row.position > after
    found = (
        await tx.execute(select(row.revoked_id, row.position).where(wanted).order_by(row.position))
    ).all()
    return [it.revoked_id for it in found], max([last or 0, *(it.position for it in found)])
