"""Front door of premium."""

from libs.common.service import Service

from . import consumers, jobs, tables
from .api import (
    assessments,
    code_tables,
    estimates,
    exchange_rates,
    invoices,
    rate_editions,
)

service = Service(
    name="premium",
    title="Premium",
    title_ja="保険料",
    metadata=tables.Base.metadata,
    routers=(
        assessments.router,
        code_tables.router,
        estimates.router,
        exchange_rates.router,
        invoices.router,
        rate_editions.router,
    ),
    staff_routers=(code_tables.staff_router, exchange_rates.staff_router),
    inbox=consumers.inbox,
    commands={
        "tell-rate-editions": jobs.tell_rate_editions,
        "assess-waiting": jobs.assess_waiting,
    },
)
