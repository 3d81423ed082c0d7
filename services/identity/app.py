"""Front door of identity."""

from libs.common.service import Service

from . import jobs, tables
from .api import (
    clock,
    docs_page,
    documents,
    machine_clients,
    oauth2,
    policyholders,
    problems,
    revocations,
    well_known,
)
from .settings import IdentitySettings

service = Service(
    name="identity",
    title="Identity",
    title_ja="利用者・認証",
    metadata=tables.Base.metadata,
    settings=IdentitySettings,
    routers=(policyholders.router, machine_clients.router, oauth2.router),
    staff_routers=(policyholders.staff_router, machine_clients.staff_router, clock.staff_router),
    internal_routers=(revocations.router,),
    document_routers=(
        well_known.router,
        documents.router,
        problems.router,
        docs_page.router,
    ),
    workers=(jobs.keep_fresh,),
    commands={"bootstrap": jobs.bootstrap},
)
