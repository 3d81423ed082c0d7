"""Source-address restriction (接続元IPアドレス制限): set with care, counted everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.addresses import Address, within
from libs.common.database import PLATFORM
from libs.common.etags import match
from libs.common.outbox import announce
from libs.common.problem_codes import IpAllowlistLockout

from .. import events, queries, tables
from ..domain import letters
from ..domain.source_addresses import Network, read_networks
from .acting import Acting
from .history import Deed
from .mails import post
from .platform import at_platform
from .revocations import RESTRICTION, revoke
from .sessions import end_sessions

FIRST_VERSION = 1
"""The version of a restriction nobody has set yet."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A whole restriction as it shall be."""

    enabled: bool
    networks: list[str]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whom a restriction would shut out: the one who asks, and sessions last seen outside."""

    caller: bool
    sessions: Sequence[tables.UserSession]


async def show(tx: AsyncSession, tenant: str) -> tables.IpRestriction:
    """Show a policyholder's restriction; one nobody has set is off."""
    async with at_platform(tx):
        row = await queries.ip_restriction(tx, tenant)
    return row or _off(tenant)


async def foresee(tx: AsyncSession, acting: Acting, wish: Wish) -> Outlook:
    """Say whom a restriction would shut out, and change nothing.

    Raises: SourceAddressRefused.
    """
    networks = read_networks(wish.networks, "networks")
    return (
        await _foresee(tx, acting, networks) if wish.enabled else Outlook(caller=False, sessions=())
    )


async def restrict(
    tx: AsyncSession, acting: Acting, wish: Wish, seen_version: int
) -> tables.IpRestriction:
    """Set a policyholder's restriction; who sets it cannot shut themselves out.

    Raises: SourceAddressRefused, IpAllowlistLockout, PreconditionRequired, PreconditionFailed.
    """
    tenant, networks = acting.caller.tenant, read_networks(wish.networks, "networks")
    # The company first: of two who set it, the second finds its version stale.
    await queries.policyholder(tx, tenant, locked=True)
    row = await show(tx, tenant)
    match(seen_version, row.version)
    outlook = await foresee(tx, acting, wish)
    if outlook.caller:
        raise IpAllowlistLockout
    await end_sessions(tx, outlook.sessions, "address-restricted", acting.now)
    async with at_platform(tx):
        row.enabled, row.networks = wish.enabled, [str(it) for it in networks]
        row.version += 1
        row.updated_at = acting.now
        tx.add(row)
    await revoke(tx, RESTRICTION + tenant, acting.now)
    await announce(
        tx,
        events.IpRestrictionChanged(
            policyholder_code=tenant, enabled=row.enabled, version=row.version
        ),
    )
    for administrator in await queries.active_administrators(tx):
        await post(tx, acting.desk.kek, administrator.mail, letters.notice("restricted"))
    changed = acting.hashed(enabled=str(row.enabled), networks=" ".join(row.networks))
    await acting.note(tx, Deed("ip-restriction.change", target=tenant, changed=changed))
    return row


async def _foresee(tx: AsyncSession, acting: Acting, networks: Sequence[Network]) -> Outlook:
    outside = [
        session
        for session in await queries.living_sessions(tx)
        if not within(_address(session.source_address), networks)
    ]
    return Outlook(caller=not within(acting.origin.address, networks), sessions=outside)


def _address(text: str | None) -> Address | None:
    return ip_address(text) if text else None


def _off(tenant: str) -> tables.IpRestriction:
    return tables.IpRestriction(
        tenant=PLATFORM,
        policyholder_code=tenant,
        enabled=False,
        networks=[],
        version=FIRST_VERSION,
        updated_at=None,
    )
