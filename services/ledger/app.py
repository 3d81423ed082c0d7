"""Front door of the ledger."""

from libs.common.service import Service

from . import consumers, jobs, tables
from .api import contracts, findings, uploads

service = Service(
    name="ledger",
    title="Ledger",
    title_ja="申込台帳",
    metadata=tables.Base.metadata,
    routers=(uploads.router, findings.router, contracts.router),
    inbox=consumers.inbox,
    workers=(jobs.process_uploads,),
)
