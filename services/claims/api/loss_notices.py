"""`/loss-notices`: tell of a loss (損失等発生通知); drafts are written here, filed in `filing`."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from fastapi import Body, Query, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.etags import IfMatch, etag
from libs.common.money import Money
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import requires
from libs.common.wire import BusinessDate, BuyerCode, Input, Instant, Output, PolicyNumber

from .. import queries, tables
from ..actions import drafts
from ..actions.cases import content
from ..domain.loss_notice import LossNotice as Content
from ..domain.loss_notice import NoticeKind
from ..domain.status import NoticeAction, NoticeStatus, allowed
from ..errors import LossNoticeNotFound, NotEditableInThisState

router = Router(tags=["loss-notices"], dependencies=[requires("loss-notices:read")])
may_write = requires("loss-notices:write")

SORTS = {"updated_at": tables.LossNotice.updated_at}

LossNoticeId = Annotated[
    str,
    Field(
        pattern="^loss_notice_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["loss_notice_01m804gnfyejjb59e5dbx4yqmy"],
    ),
]
IncidentId = Annotated[
    str,
    Field(
        pattern="^incident_[0-9a-hjkmnp-tv-z]{26}$",
        examples=["incident_01m804gnfyejjb59e5dbx4yqmy"],
    ),
]
BranchNumber = Annotated[str, Field(pattern="^[0-9]{2}$", examples=["00"])]
# Days the trade can have to do with: deadlines are counted from them.
Day = Annotated[BusinessDate, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Cause = Annotated[
    str,
    Field(pattern="^[0-9]{2}$", examples=["14"], json_schema_extra={"x-code-table": "loss_causes"}),
]


class LossNoticeUpdate(Input):
    """What changes in a draft (RFC 7396): what is left out stays, null takes away."""

    policy_number: PolicyNumber | None = None
    branch_number: BranchNumber | None = None
    settlement_slot: Annotated[int, Field(ge=1, le=5)] | None = None
    buyer_code: BuyerCode | None = None
    unpaid: Money | None = None
    cause: Cause | None = None
    accident_fixed_on: Day | None = None
    shipped_on: Day | None = None
    due_on: Day | None = None
    description: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class LossNoticeCreate(LossNoticeUpdate):
    """A loss notice to begin; only its kind must be known, the rest may follow."""

    # Strict input would want a member of the enum, which JSON does not have.
    kind: Annotated[NoticeKind, Field(strict=False)]


class LossNoticeSummary(Output):
    """A loss notice in a list."""

    id: LossNoticeId
    kind: NoticeKind
    status: NoticeStatus
    reference: str | None
    incident_id: IncidentId | None
    policy_number: PolicyNumber | None
    branch_number: BranchNumber | None
    buyer_code: BuyerCode | None
    deadline_on: BusinessDate | None
    updated_at: Instant


class LossNoticePage(PageShape[LossNoticeSummary]):
    """A page of loss notices."""


class LossNotice(LossNoticeSummary):
    """A loss notice (損失等発生通知); `sample` when its deadline rests on an assumed number."""

    settlement_slot: int | None
    unpaid: Money | None
    cause: Cause | None
    accident_fixed_on: BusinessDate | None
    shipped_on: BusinessDate | None
    due_on: BusinessDate | None
    description: str | None
    sample: bool
    received_at: Instant | None
    deemed_received_on: BusinessDate | None
    result: Literal["ACCEPTED", "REJECTED"] | None
    allowed_actions: list[NoticeAction]
    version: int

    @classmethod
    def of(cls, row: tables.LossNotice) -> Self:
        """Show a row."""
        derived: dict[str, Any] = {
            "unpaid": content(row).unpaid,
            "result": row.status
            if row.status in (NoticeStatus.ACCEPTED, NoticeStatus.REJECTED)
            else None,
            "allowed_actions": allowed(NoticeStatus(row.status)),
        }
        same = {name: getattr(row, name) for name in cls.model_fields if name not in derived}
        return cls(**same, **derived)


@router.get("/loss-notices", openapi_extra={"x-summary-ja": "損失等発生通知の一覧"})
async def list_loss_notices(
    tx: Reading,
    paging: Paging,
    *,
    status: Annotated[list[NoticeStatus], Query(max_length=10)] = [],  # noqa: B006
    kind: Annotated[list[NoticeKind], Query(max_length=2)] = [],  # noqa: B006
    policy_number: Annotated[list[PolicyNumber], Query(max_length=100)] = [],  # noqa: B006
    updated_at_from: Instant | None = None,
    sort: str | None = None,
) -> LossNoticePage:
    """List your company's loss notices (損失等発生通知), drafts and filed ones."""
    wanted = queries.NoticeFilter(status, kind, policy_number, updated_at_from)
    statement = ordered(queries.loss_notices(wanted), sort, SORTS, tables.LossNotice.id)
    return LossNoticePage.of(await paging.of(tx, statement), LossNoticeSummary.model_validate)


@router.get(
    "/loss-notices/{loss_notice_id}",
    responses=may_answer(LossNoticeNotFound),
    openapi_extra={"x-summary-ja": "損失等発生通知の照会"},
)
async def get_loss_notice(
    loss_notice_id: LossNoticeId, tx: Reading, response: Response
) -> LossNotice:
    """Read one loss notice (損失等発生通知)."""
    return shown(await queries.loss_notice(tx, loss_notice_id), response)


@router.post(
    "/loss-notices",
    status_code=201,
    dependencies=[may_write],
    openapi_extra={"x-summary-ja": "損失等発生通知の作成"},
)
async def create_loss_notice(
    wish: LossNoticeCreate, tx: Transaction, now: Now, response: Response
) -> LossNotice:
    """Begin a loss notice (損失等発生通知の作成) as a draft, which may lack anything."""
    return created(await drafts.begin(tx, Content(**dict(wish)), now), response)


@router.patch(
    "/loss-notices/{loss_notice_id}",
    dependencies=[may_write],
    responses=may_answer(
        LossNoticeNotFound, NotEditableInThisState, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "損失等発生通知の変更"},
)
async def update_loss_notice(
    loss_notice_id: LossNoticeId,
    wish: Annotated[LossNoticeUpdate, Body(media_type="application/merge-patch+json")],
    tx: Transaction,
    seen_version: IfMatch,
    now: Now,
    response: Response,
) -> LossNotice:
    """Change a draft (作成中の通知の変更): what is named gets its new value."""
    changes = {name: getattr(wish, name) for name in wish.model_fields_set}
    return shown(await drafts.change(tx, loss_notice_id, seen_version, changes, now), response)


@router.delete(
    "/loss-notices/{loss_notice_id}",
    status_code=204,
    dependencies=[may_write],
    responses=may_answer(
        LossNoticeNotFound, NotEditableInThisState, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "損失等発生通知の削除"},
)
async def delete_loss_notice(
    loss_notice_id: LossNoticeId, tx: Transaction, seen_version: IfMatch
) -> None:
    """Delete a draft (作成中の通知の削除)."""
    await drafts.delete(tx, loss_notice_id, seen_version)


def shown(row: tables.LossNotice, response: Response) -> LossNotice:
    """Show a notice under its version."""
    response.headers["ETag"] = etag(row.version)
    return LossNotice.of(row)


def created(row: tables.LossNotice, response: Response) -> LossNotice:
    """Show a new notice, and say where it is."""
    response.headers["Location"] = f"/v1/loss-notices/{row.id}"
    return shown(row, response)
