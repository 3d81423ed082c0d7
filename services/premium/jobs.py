"""Acts nobody asks for over HTTP: an operator starts them."""

from libs.common import clock
from libs.common.database import Databases
from libs.common.settings import ServiceSettings

from .actions import assessments, editions


async def tell_rate_editions(settings: ServiceSettings) -> None:
    """Tell the others the tariff editions that came with the tables (料率版の公示)."""
    databases = Databases(settings)
    async with databases.platform() as tx:
        await editions.tell_rate_editions(tx)
    await databases.close()


async def assess_waiting(settings: ServiceSettings, policyholder_code: str) -> None:
    """Try again the contracts of a policyholder for which the rulebook lacked something."""
    databases = Databases(settings)
    async with databases.tenant(policyholder_code) as tx:
        await assessments.assess_waiting(tx, clock.now())
    await databases.close()
