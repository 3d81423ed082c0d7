"""`/fixed-ledgers`: what became final, month by month, and which invoice followed (確定用台帳)."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.cells import Column
from libs.common.clock import Today
from libs.common.database import act_for
from libs.common.downloads import Download
from libs.common.etags import etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.routing import Reading, Router, StaffTransaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import (
    AgreementCode,
    BusinessDate,
    Input,
    Instant,
    Output,
    PolicyholderCode,
    PolicyNumber,
)

from .. import tables
from ..actions.fixed_ledgers import publish_fixed_ledger
from ..domain.cycle import month_of
from ..errors import (
    AgreementNotFound,
    FixedLedgerNotFound,
    MonthHasNotBegun,
    NothingToPublish,
    TooLongForWorkbook,
)
from ..queries import fixed_ledgers as queries
from ..queries.cycle import agreement
from ..queries.items import frames
from .lateness import Lateness, LatenessWanted
from .ledger_files import LedgerExport, LedgerFile, as_ledger_files

router = Router(tags=["fixed-ledgers"], dependencies=[requires("fixed-ledgers:read")])
staff_router = Router(tags=["fixed-ledgers"], dependencies=[requires("ops:fixed-ledgers:write")])

Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-08"])]
SORTS = {
    "month": tables.FixedLedger.month,
    "published_on": tables.FixedLedger.published_on,
    "updated_at": tables.FixedLedger.updated_at,
}
_COLUMNS = (
    Column("line", "number"),
    Column("policy_number", "code"),
    Column("branch_number", "code"),
    Column("history_number", "code"),
    Column("revision", "number"),
    Column("lateness", "code"),
)


class FixedLedger(Output):
    """What became final under an agreement in a month (確定用台帳), line by line elsewhere.

    `sample` says that the office's days of publication are not known and only assumed.
    """

    id: str
    agreement_code: AgreementCode
    branch_office_code: str
    month: Month
    published_on: BusinessDate
    published_at: Instant
    line_count: int
    invoice_id: str | None
    invoice_number: str | None
    invoiced_on: BusinessDate | None
    sample: bool
    version: int
    updated_at: Instant


class FixedLedgerPage(PageShape[FixedLedger]):
    """A page of fixed ledgers."""


class FixedLedgerLine(Output):
    """One history that became final (確定), in the revision it then had."""

    line: int
    policy_number: PolicyNumber
    branch_number: str
    history_number: str
    revision: int
    lateness: Lateness | None


class FixedLedgerLinePage(PageShape[FixedLedgerLine]):
    """A page of lines, in order."""


class FixedLedgerCreate(Input):
    """Of which agreement and month a fixed ledger is published."""

    policyholder_code: PolicyholderCode
    agreement_code: AgreementCode
    month: Month


async def _wanted(
    agreement_code: Annotated[list[AgreementCode], Query(max_length=100)] = [],  # noqa: B006
    month: Annotated[list[Month], Query(max_length=100)] = [],  # noqa: B006
    published_on_from: BusinessDate | None = None,
    published_on_to: BusinessDate | None = None,
    updated_at_from: Instant | None = None,
) -> queries.FixedLedgerFilter:
    return queries.FixedLedgerFilter(
        agreement_code, month, published_on_from, published_on_to, updated_at_from
    )


Wanted = Annotated[queries.FixedLedgerFilter, Depends(_wanted)]


@router.get("/fixed-ledgers", openapi_extra={"x-summary-ja": "確定用台帳の一覧"})
async def list_fixed_ledgers(
    tx: Reading, paging: Paging, wanted: Wanted, sort: str | None = None
) -> FixedLedgerPage:
    """List what became final of your company's contracts (確定用台帳)."""
    statement = ordered(queries.fixed_ledgers(wanted), sort, SORTS, tables.FixedLedger.id)
    return FixedLedgerPage.of(await paging.of(tx, statement), FixedLedger.model_validate)


@router.get(
    "/fixed-ledgers/{fixed_ledger_id}",
    responses=may_answer(FixedLedgerNotFound),
    openapi_extra={"x-summary-ja": "確定用台帳の照会"},
)
async def get_fixed_ledger(fixed_ledger_id: str, tx: Reading, response: Response) -> FixedLedger:
    """Read one fixed ledger, and the number of its invoice once that is issued."""
    ledger = await queries.fixed_ledger(tx, fixed_ledger_id)
    response.headers["ETag"] = etag(ledger.version)
    return FixedLedger.model_validate(ledger)


@router.get(
    "/fixed-ledgers/{fixed_ledger_id}/lines",
    responses=may_answer(FixedLedgerNotFound),
    openapi_extra={"x-summary-ja": "確定用台帳の明細"},
)
async def list_fixed_ledger_lines(
    fixed_ledger_id: str,
    tx: Reading,
    paging: Paging,
    lateness: LatenessWanted = [],  # noqa: B006
) -> FixedLedgerLinePage:
    """Read which histories became final, in which revision, and how late each was applied for."""
    ledger = await queries.fixed_ledger(tx, fixed_ledger_id)
    page = await paging.of(tx, queries.lines(ledger.id, lateness))
    return FixedLedgerLinePage.of(page, FixedLedgerLine.model_validate)


@router.get(
    "/fixed-ledgers/{fixed_ledger_id}/export",
    response_class=Response,
    responses=as_ledger_files() | may_answer(FixedLedgerNotFound, TooLongForWorkbook),
    openapi_extra={"x-summary-ja": "確定用台帳のデータ出力"},
)
async def export_fixed_ledger(
    fixed_ledger_id: str, tx: Reading, caller: CurrentCaller, export: LedgerExport, request: Request
) -> Download:
    """Take a fixed ledger as a file: every item of each line (データ出力)."""
    ledger = await queries.fixed_ledger(tx, fixed_ledger_id)
    found = frames(
        request.app.state.databases,
        caller.tenant,
        queries.lines(ledger.id),
        tables.FixedLedgerLine,
        ledger.line_count,
    )
    name = f"fixed-ledger-{ledger.agreement_code}-{ledger.month}"
    return LedgerFile(name, ledger.line_count, found, _COLUMNS).of(export)


@staff_router.post(
    "/fixed-ledgers",
    status_code=201,
    responses=may_answer(AgreementNotFound, MonthHasNotBegun, NothingToPublish),
    openapi_extra={"x-summary-ja": "確定用台帳の送付"},
)
async def create_fixed_ledger(
    wish: FixedLedgerCreate, tx: StaffTransaction, today: Today, response: Response
) -> FixedLedger:
    """Make final what was checked, neither marked nor held; of one month there is one ledger."""
    if wish.month > month_of(today):
        raise MonthHasNotBegun
    await act_for(tx, wish.policyholder_code)
    found = await agreement(tx, wish.agreement_code)
    ledger = await publish_fixed_ledger(tx, found, wish.month, today)
    if ledger is None:
        raise NothingToPublish
    response.headers["Location"] = f"/v1/fixed-ledgers/{ledger.id}"
    response.headers["ETag"] = etag(ledger.version)
    return FixedLedger.model_validate(ledger)
