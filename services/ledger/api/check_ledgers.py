"""`/check-ledgers`: what was received, for its holder to check and confirm (照合用台帳)."""

from typing import Annotated, Literal, Self

from fastapi import Depends, Query, Response

from libs.common.answers import may_answer
from libs.common.clock import Today
from libs.common.database import act_for
from libs.common.etags import IfMatch, etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, StaffTransaction, Transaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import (
    AgreementCode,
    BusinessDate,
    Input,
    Instant,
    Output,
    PolicyholderCode,
)

from .. import tables
from ..actions import check_ledgers as actions
from ..errors import (
    AgreementNotFound,
    AlreadyConfirmed,
    CheckLedgerNotFound,
    NothingToPublish,
)
from ..queries import check_ledgers as queries
from ..queries.cycle import agreement

router = Router(tags=["check-ledgers"])
staff_router = Router(tags=["check-ledgers"], dependencies=[requires("ops:check-ledgers:write")])
may_read = requires("check-ledgers:read")
may_write = requires("check-ledgers:write")

Status = Literal["PUBLISHED", "CONFIRMED"]
SORTS = {
    "published_on": tables.CheckLedger.published_on,
    "updated_at": tables.CheckLedger.updated_at,
}


class CheckLedgerSummary(Output):
    """A check ledger in a list."""

    id: str
    agreement_code: AgreementCode
    branch_office_code: str
    from_on: BusinessDate
    to_on: BusinessDate
    published_on: BusinessDate
    status: Status
    line_count: int
    marked_count: int
    refused_count: int
    sample: bool
    version: int
    updated_at: Instant


class CheckLedgerPage(PageShape[CheckLedgerSummary]):
    """A page of check ledgers."""


class CheckLedger(CheckLedgerSummary):
    """What was received under an agreement until a day (照合用台帳), line by line elsewhere.

    `sample` says that the office's days of publication are not known and only assumed.
    """

    published_at: Instant
    confirmed_at: Instant | None
    confirmed_by: str | None
    allowed_actions: list[Literal["CONFIRM"]]

    @classmethod
    def of(cls, ledger: tables.CheckLedger) -> Self:
        """Show a check ledger."""
        summary = CheckLedgerSummary.model_validate(ledger)
        return cls(
            **dict(summary),
            published_at=ledger.published_at,
            confirmed_at=ledger.confirmed_at,
            confirmed_by=ledger.confirmed_by,
            allowed_actions=["CONFIRM"] if ledger.status == "PUBLISHED" else [],
        )


class CheckLedgerCreate(Input):
    """Under whose agreement a check ledger is published now."""

    policyholder_code: PolicyholderCode
    agreement_code: AgreementCode


async def _wanted(
    agreement_code: Annotated[list[AgreementCode], Query(max_length=100)] = [],  # noqa: B006
    status: Annotated[list[Status], Query(max_length=2)] = [],  # noqa: B006
    published_on_from: BusinessDate | None = None,
    published_on_to: BusinessDate | None = None,
    updated_at_from: Instant | None = None,
) -> queries.CheckLedgerFilter:
    return queries.CheckLedgerFilter(
        agreement_code, status, published_on_from, published_on_to, updated_at_from
    )


Wanted = Annotated[queries.CheckLedgerFilter, Depends(_wanted)]


@router.get(
    "/check-ledgers",
    dependencies=[may_read],
    openapi_extra={"x-summary-ja": "照合用台帳の一覧"},
)
async def list_check_ledgers(
    tx: Reading, paging: Paging, wanted: Wanted, sort: str | None = None
) -> CheckLedgerPage:
    """List what your company was given to check (照合用台帳)."""
    statement = ordered(queries.check_ledgers(wanted), sort, SORTS, tables.CheckLedger.id)
    return CheckLedgerPage.of(await paging.of(tx, statement), CheckLedgerSummary.model_validate)


@router.get(
    "/check-ledgers/{check_ledger_id}",
    dependencies=[may_read],
    responses=may_answer(CheckLedgerNotFound),
    openapi_extra={"x-summary-ja": "照合用台帳の照会"},
)
async def get_check_ledger(check_ledger_id: str, tx: Reading, response: Response) -> CheckLedger:
    """Read one check ledger: which days it covers, and how many of its lines want correcting."""
    ledger = await queries.check_ledger(tx, check_ledger_id)
    response.headers["ETag"] = etag(ledger.version)
    return CheckLedger.of(ledger)


@router.post(
    "/check-ledgers/{check_ledger_id}/confirm",
    dependencies=[may_write],
    responses=may_answer(
        CheckLedgerNotFound, AlreadyConfirmed, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "照合用台帳の確認"},
)
async def confirm_check_ledger(
    check_ledger_id: str,
    seen_version: IfMatch,
    tx: Transaction,
    caller: CurrentCaller,
    response: Response,
) -> CheckLedger:
    """Say that your company has checked it; what is marked still waits for its correction."""
    ledger = await actions.confirm_check_ledger(tx, check_ledger_id, seen_version, caller.subject)
    response.headers["ETag"] = etag(ledger.version)
    return CheckLedger.of(ledger)


@staff_router.post(
    "/check-ledgers",
    status_code=201,
    responses=may_answer(AgreementNotFound, NothingToPublish),
    openapi_extra={"x-summary-ja": "照合用台帳の送付"},
)
async def create_check_ledger(
    wish: CheckLedgerCreate, tx: StaffTransaction, today: Today, response: Response
) -> CheckLedger:
    """Publish what was received until yesterday; of one period there is one ledger only."""
    await act_for(tx, wish.policyholder_code)
    found = await agreement(tx, wish.agreement_code)
    ledger = await actions.publish_check_ledger(tx, found, today)
    if ledger is None:
        raise NothingToPublish
    response.headers["Location"] = f"/v1/check-ledgers/{ledger.id}"
    response.headers["ETag"] = etag(ledger.version)
    return CheckLedger.of(ledger)
