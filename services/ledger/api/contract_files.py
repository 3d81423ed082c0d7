"""`/ledger-contracts/export`: contracts as a file, a line for each branch as it stands."""

from fastapi import Request, Response

from libs.common.answers import may_answer
from libs.common.cells import Column
from libs.common.downloads import Download
from libs.common.errors import ExportTooLarge
from libs.common.exports import check_size
from libs.common.routing import Reading, Router
from libs.common.security import CurrentCaller, requires

from ..queries.branches import branches, frames
from .contracts import Wanted
from .ledger_files import LedgerExport, LedgerFile, as_ledger_files

router = Router(tags=["ledger"], dependencies=[requires("ledger-contracts:read")])

_COLUMNS = (
    Column("policy_number", "code"),
    Column("agreement_code", "code"),
    Column("contract_status", "code"),
    Column("received_on", "date"),
    Column("branch_number", "code"),
    Column("history_number", "code"),
    Column("revision", "number"),
    Column("lateness", "code"),
)


@router.get(
    "/ledger-contracts/export",
    response_class=Response,
    responses=as_ledger_files() | may_answer(ExportTooLarge),
    openapi_extra={"x-summary-ja": "台帳契約のデータ出力"},
)
async def export_ledger_contracts(
    tx: Reading, caller: CurrentCaller, wanted: Wanted, export: LedgerExport, request: Request
) -> Download:
    """Take contracts as a file: every item of each branch, as it stands (データ出力)."""
    # Before anything is sent: at most 100,000 branches fit into a file.
    await check_size(tx, branches(wanted))
    found = frames(request.app.state.databases, caller.tenant, wanted)
    return LedgerFile("ledger-contracts", 0, found, _COLUMNS).of(export)
