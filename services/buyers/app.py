"""Front door of buyers."""

from libs.common.service import Service

from . import consumers, tables
from .api import buyers, rating_history

service = Service(
    name="buyers",
    title="Buyers",
    title_ja="海外商社",
    metadata=tables.Base.metadata,
    routers=(buyers.router, rating_history.router),
    staff_routers=(buyers.staff_router,),
    inbox=consumers.inbox,
)
