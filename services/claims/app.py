"""Front door of claims."""

from libs.common.service import Service

from . import consumers, tables
from .api import filing, incidents, loss_notices
from .settings import ClaimsSettings

service = Service(
    name="claims",
    title="Claims",
    title_ja="事故・保険金",
    metadata=tables.Base.metadata,
    routers=(loss_notices.router, filing.router, incidents.router),
    inbox=consumers.inbox,
    settings=ClaimsSettings,
)
