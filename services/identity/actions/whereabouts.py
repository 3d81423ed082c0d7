"""Whether somebody may come from where they are, asked before they have a session."""

from ipaddress import ip_network

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.addresses import Address, within

from .. import queries
from .platform import at_platform


async def may_come(tx: AsyncSession, tenant: str, address: Address | None) -> bool:
    """Tell whether a policyholder's users and programs may come from an address."""
    async with at_platform(tx):
        ranges = await queries.networks(tx, tenant)
    return ranges is None or within(address, [ip_network(it) for it in ranges])
