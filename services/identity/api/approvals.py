"""`/approvals`: what needs a second administrator (承認)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.answers import may_answer
from libs.common.etags import IfMatch, etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import (
    ApproverNotEligible,
    PreconditionFailed,
    PreconditionRequired,
    StepUpRequired,
)
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import requires
from libs.common.wire import Input, Instant, Output

from .. import queries, tables
from ..actions import approvals
from ..actions.acting import Acting
from ..actions.approved import Outcome
from ..actions.desk import Desk
from ..domain.approvals import standing
from ..errors import (
    ApprovalClosed,
    ApprovalNotAsSeen,
    ApprovalNotFound,
    BankAccountNotFound,
    KeyLifeOutOfRange,
    MachineClientNotFound,
    MachineClientRevoked,
    PublicKeyRefused,
    ScopeNotGrantable,
    SourceAddressesRequired,
    SourceAddressRefused,
    TooManyMachineClients,
    UserNotFound,
    UserNotGrantable,
)
from .approval_shapes import ApprovalCreate, RequestedContent, requested
from .desk import Act, RealNow, TheDesk

router = Router(tags=["approvals"], dependencies=[requires("approvals:read")])
may_write = requires("approvals:write")

ApprovalId = Annotated[str, Field(pattern="^approval_[0-9a-z]{26}$")]
Kind = Literal[
    "BANK_ACCOUNT_CREATE",
    "BANK_ACCOUNT_CHANGE",
    "BANK_ACCOUNT_DELETE",
    "MACHINE_CLIENT_CREATE",
    "MACHINE_CLIENT_KEY",
    "ADMINISTRATOR_GRANT",
]
Status = Literal["PENDING", "APPROVED", "ACTIVE", "REJECTED", "CANCELLED", "EXPIRED"]

IMPOSSIBLE = (
    BankAccountNotFound,
    UserNotFound,
    UserNotGrantable,
    MachineClientNotFound,
    MachineClientRevoked,
    ScopeNotGrantable,
    KeyLifeOutOfRange,
    PublicKeyRefused,
    SourceAddressRefused,
    SourceAddressesRequired,
)
DECIDING = (
    ApprovalNotFound,
    ApprovalClosed,
    ApprovalNotAsSeen,
    PreconditionRequired,
    PreconditionFailed,
)


class Decision(Input):
    """The hash of the content that was seen."""

    content_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ApprovalSummary(Output):
    """A request in a list."""

    approval_id: ApprovalId
    kind: Kind
    target: str | None
    status: Status
    requested_by: str
    requested_at: Instant
    expires_at: Instant
    effective_at: Instant | None


class ApprovalPage(PageShape[ApprovalSummary]):
    """A page of requests."""


class Approval(ApprovalSummary):
    """A request that another administrator decides on (承認申請)."""

    content: RequestedContent
    content_hash: str
    decided_by: str | None
    decided_at: Instant | None
    version: int


class ApprovalDecided(Approval):
    """A decided request; a new client's secret is shown this once."""

    new_client_id: str | None
    client_secret: str | None


@router.get("/approvals", openapi_extra={"x-summary-ja": "承認申請の一覧"})
async def list_approvals(tx: Reading, paging: Paging, now: RealNow) -> ApprovalPage:
    """List your company's requests, the decided ones too."""
    return await page_of_approvals(tx, paging, now)


async def page_of_approvals(tx: AsyncSession, paging: Paging, now: datetime) -> ApprovalPage:
    """Bring a page of the requests of whom the transaction acts for."""
    by_id = tables.Approval.approval_id
    page = await paging.of(tx, ordered(queries.approvals(), None, {"approval_id": by_id}, by_id))
    return ApprovalPage.of(page, lambda row: ApprovalSummary(**_summary(row, now)))


@router.get(
    "/approvals/{approval_id}",
    responses=may_answer(ApprovalNotFound),
    openapi_extra={"x-summary-ja": "承認申請の照会"},
)
async def get_approval(
    approval_id: ApprovalId, tx: Reading, desk: TheDesk, now: RealNow, response: Response
) -> Approval:
    """Read a request, with its content and the hash to decide by."""
    return shown_approval(await queries.approval(tx, approval_id), desk, now, response)


def shown_approval(row: tables.Approval, desk: Desk, now: datetime, response: Response) -> Approval:
    """Show a request to who may decide on it."""
    response.headers["ETag"] = etag(row.version)
    content = requested(approvals.content_of(desk.kek, row))
    return Approval(**_members_of(row, now), content=content)


@router.post(
    "/approvals",
    status_code=201,
    dependencies=[may_write],
    responses=may_answer(StepUpRequired, *IMPOSSIBLE),
    openapi_extra={"x-summary-ja": "承認申請"},
)
async def create_approval(
    wish: ApprovalCreate, acting: Act, tx: Transaction, response: Response
) -> Approval:
    """Request what another administrator must approve (承認申請), with a proof for this request."""
    row = await approvals.request(tx, acting, wish.meant())
    response.headers["ETag"] = etag(row.version)
    response.headers["Location"] = f"/v1/approvals/{row.approval_id}"
    return Approval(**_members_of(row, acting.now), content=requested(wish.meant()))


@router.post(
    "/approvals/{approval_id}/approve",
    dependencies=[may_write],
    responses=may_answer(
        StepUpRequired, ApproverNotEligible, TooManyMachineClients, *DECIDING, *IMPOSSIBLE
    ),
    openapi_extra={"x-summary-ja": "承認"},
)
async def approve_approval(
    approval_id: ApprovalId,
    wish: Decision,
    acting: Act,
    tx: Transaction,
    seen_version: IfMatch,
    request: Request,
    response: Response,
) -> ApprovalDecided:
    """Approve another's request (承認); accounts come into force a day later."""
    seen = approvals.Seen(approval_id, seen_version, wish.content_hash)
    request.state.shown_once = ("client_secret",)
    return _decided(acting, await approvals.approve(tx, acting, seen), response)


@router.post(
    "/approvals/{approval_id}/reject",
    dependencies=[may_write],
    responses=may_answer(StepUpRequired, ApproverNotEligible, *DECIDING),
    openapi_extra={"x-summary-ja": "否認"},
)
async def reject_approval(
    approval_id: ApprovalId,
    wish: Decision,
    acting: Act,
    tx: Transaction,
    seen_version: IfMatch,
    response: Response,
) -> ApprovalDecided:
    """Reject another's request (否認)."""
    seen = approvals.Seen(approval_id, seen_version, wish.content_hash)
    row = await approvals.reject(tx, acting, seen)
    return _decided(acting, Outcome(row), response)


@router.post(
    "/approvals/{approval_id}/cancel",
    dependencies=[may_write],
    responses=may_answer(
        StepUpRequired, ApprovalNotFound, ApprovalClosed, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "承認申請の取消"},
)
async def cancel_approval(
    approval_id: ApprovalId, acting: Act, tx: Transaction, seen_version: IfMatch, response: Response
) -> ApprovalDecided:
    """Cancel a request, or an approved account while it cools off; any administrator may."""
    row = await approvals.cancel(tx, acting, approval_id, seen_version)
    return _decided(acting, Outcome(row), response)


def _decided(acting: Acting, outcome: Outcome, response: Response) -> ApprovalDecided:
    row = outcome.approval
    response.headers["ETag"] = etag(row.version)
    return ApprovalDecided(
        **_members_of(row, acting.now),
        content=requested(approvals.content_of(acting.desk.kek, row)),
        new_client_id=outcome.client_id,
        client_secret=outcome.client_secret,
    )


def _summary(row: tables.Approval, now: datetime) -> dict[str, Any]:
    names = ApprovalSummary.model_fields
    members = {name: getattr(row, name) for name in names}
    status = standing(row.status, row.expires_at, row.effective_at, now)
    return members | {"status": status}


def _members_of(row: tables.Approval, now: datetime) -> dict[str, Any]:
    names = ("content_hash", "decided_by", "decided_at", "version")
    return _summary(row, now) | {name: getattr(row, name) for name in names}
