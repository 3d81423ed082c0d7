"""Retention of the access history (アクセス履歴): what is older than it must be kept is forgotten.

A history is shortened up to one of its checkpoints, so that what stays can still be proved.
"""

from sqlalchemy import text

from libs.common.database import PLATFORM, Databases

from .. import queries

# The service may not delete entries; the database does, and itself knows how old they must be.
_FORGET = text("SELECT forget_history(:kept_years)")


async def forget_all(databases: Databases, kept_years: int) -> None:
    """Shorten every history, one in a transaction: broken off, it is simply begun again."""
    async with databases.tenant(PLATFORM) as tx:
        tenants = [PLATFORM, *await queries.policyholders_with_access(tx)]
    for tenant in tenants:
        async with databases.tenant(tenant) as tx:
            await tx.execute(_FORGET, {"kept_years": kept_years})
