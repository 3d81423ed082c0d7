"""Acts nobody asks for over HTTP: an operator starts them."""

from libs.common.database import Databases
from libs.common.settings import ServiceSettings

from .actions import editions


async def tell_rate_editions(settings: ServiceSettings) -> None:
    """Tell the others the tariff editions that came with the tables (料率版の公示)."""
    databases = Databases(settings)
    async with databases.platform() as tx:
        await editions.tell_rate_editions(tx)
    await databases.close()
