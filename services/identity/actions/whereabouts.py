"""Whether somebody may come from where they are, asked before they have a session."""

from ipaddress import ip_network

from libs.common.addresses import Address, within
from libs.common.database import PLATFORM, Databases

from .. import queries


async def may_come(databases: Databases, tenant: str, address: Address | None) -> bool:
    """Tell whether a policyholder's users and programs may come from an address."""
    async with databases.tenant(PLATFORM) as tx:
        row = await queries.ip_restriction(tx, tenant)
    if row is None or not row.enabled:
        return True
    return within(address, [ip_network(it) for it in row.networks])
