"""The round that the clock makes (照合・確定): every ledger that is due, each on its own."""

from datetime import date, datetime

from libs.common.database import PLATFORM, Databases
from libs.common.dates import today_in_japan

from .. import tables
from ..domain.cycle import is_due, month_of
from ..queries import cycle
from .check_ledgers import publish_check_ledger
from .fixed_ledgers import publish_fixed_ledger


async def close_ledgers(databases: Databases, due: datetime) -> None:
    """Publish what is due that day, one agreement after the other, each in its transaction.

    What was published stays as it is: a round that was broken off is begun again.
    """
    on = today_in_japan(due)
    # First what is final: nobody is invoiced for what it is shown for the first time that day.
    for agreement in await _due(databases, "FIXED", on):
        async with databases.tenant(agreement.policyholder_code) as tx:
            await publish_fixed_ledger(tx, agreement, month_of(on), on)
    for agreement in await _due(databases, "CHECK", on):
        async with databases.tenant(agreement.policyholder_code) as tx:
            await publish_check_ledger(tx, agreement, on)


async def _due(databases: Databases, ledger: str, on: date) -> list[tables.Agreement]:
    async with databases.tenant(PLATFORM) as tx:
        plans = await cycle.plans(tx, ledger, on)
        offices = {office for office, plan in plans.items() if is_due(plan, on)}
        return [it for it in await cycle.agreements(tx) if it.branch_office_code in offices]
