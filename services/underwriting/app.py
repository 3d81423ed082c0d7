"""Front door of underwriting."""

from libs.common.service import Service

from . import consumers, tables
from .api import policies, procedures, special_agreements

service = Service(
    name="underwriting",
    title="Underwriting",
    title_ja="引受",
    metadata=tables.Base.metadata,
    routers=(special_agreements.router, procedures.router, policies.router),
    staff_routers=(special_agreements.staff_router,),
    inbox=consumers.inbox,
)
