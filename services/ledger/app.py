"""Front door of the ledger."""

from libs.common.service import Service

from . import consumers, jobs, tables
from .api import (
    calendars,
    check_ledgers,
    contract_files,
    contracts,
    decisions,
    entries,
    findings,
    fixed_ledgers,
    layouts,
    lines,
    reports,
    uploads,
)
from .settings import LedgerSettings

service = Service(
    name="ledger",
    settings=LedgerSettings,
    title="Ledger",
    title_ja="申込台帳",
    metadata=tables.Base.metadata,
    routers=(
        uploads.router,
        findings.router,
        reports.router,
        entries.router,
        layouts.router,
        contract_files.router,
        contracts.router,
        calendars.router,
        check_ledgers.router,
        lines.router,
        fixed_ledgers.router,
    ),
    staff_routers=(
        calendars.staff_router,
        check_ledgers.staff_router,
        fixed_ledgers.staff_router,
        decisions.of_lines,
        decisions.of_contracts,
    ),
    inbox=consumers.inbox,
    workers=(jobs.process_uploads,),
    jobs=(jobs.CLOSE_LEDGERS, jobs.FORGET_FILES),
)
