"""`/loss-notices/{id}/…`: try a loss notice, file it, take it back, use it again."""

from typing import Annotated, Self

from fastapi import Depends, Request, Response

from libs.common import context
from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.etags import IfMatch
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import requires
from libs.common.wire import BusinessDate, Output

from ..actions import drafts, filing
from ..actions.filing import Receipt
from ..domain.faults import Fault
from ..errors import (
    DeadlinePassed,
    LossAlreadyNotified,
    LossNoticeNotAcceptable,
    LossNoticeNotFound,
    NotEditableInThisState,
    NotOverdueYet,
    NotWithdrawableInThisState,
)
from .loss_notices import LossNotice, LossNoticeId, created, may_write, shown

router = Router(tags=["loss-notices"], dependencies=[requires("loss-notices:read")])


class LossNoticeFault(Output):
    """One thing to mend in a loss notice; `pointer` leads to its member."""

    code: str
    pointer: str
    params: dict[str, str]
    detail: str
    detail_en: str

    @classmethod
    def of(cls, fault: Fault) -> Self:
        """Put a fault into words."""
        in_english = context.language.get() == "en"
        return cls(
            code=fault.code,
            pointer=f"#/{fault.member}",
            params=dict(fault.params),
            detail=fault.detail_en if in_english else fault.detail,
            detail_en=fault.detail_en,
        )


class LossNoticeAssessment(Output):
    """What would become of a loss notice that is filed now; `days_left` is below 0 when late."""

    acceptable: bool
    faults: list[LossNoticeFault]
    deemed_received_on: BusinessDate
    deadline_on: BusinessDate | None
    days_left: int | None
    sample: bool

    @classmethod
    def of(cls, found: filing.Assessment) -> Self:
        """Show a judgement."""
        deadline_on, on = found.case.deadline_on, found.case.received_on
        return cls(
            acceptable=not found.faults,
            faults=[LossNoticeFault.of(fault) for fault in found.faults],
            deemed_received_on=on,
            deadline_on=deadline_on,
            days_left=(deadline_on - on).days if deadline_on else None,
            sample=found.case.sample,
        )


async def _receipt(request: Request, now: Now) -> Receipt:
    return Receipt.of(now, request.app.state.settings.business_hours)


Received = Annotated[Receipt, Depends(_receipt)]


@router.post(
    "/loss-notices/{loss_notice_id}/assess",
    responses=may_answer(LossNoticeNotFound),
    openapi_extra={"x-summary-ja": "損失等発生通知の審査(提出なし)"},
)
async def assess_loss_notice(
    loss_notice_id: LossNoticeId, tx: Reading, receipt: Received
) -> LossNoticeAssessment:
    """Try a loss notice (提出前の確認): what is missing, and until when it may be filed."""
    return LossNoticeAssessment.of(await filing.assess(tx, loss_notice_id, receipt))


@router.post(
    "/loss-notices/{loss_notice_id}/submit",
    dependencies=[may_write],
    responses=may_answer(
        LossNoticeNotFound,
        NotEditableInThisState,
        LossAlreadyNotified,
        DeadlinePassed,
        NotOverdueYet,
        LossNoticeNotAcceptable,
        PreconditionRequired,
        PreconditionFailed,
    ),
    openapi_extra={"x-summary-ja": "損失等発生通知の提出"},
)
async def submit_loss_notice(
    loss_notice_id: LossNoticeId,
    tx: Transaction,
    seen_version: IfMatch,
    receipt: Received,
    response: Response,
) -> LossNotice:
    """File a loss notice (損失等発生通知の提出); its incident opens, or is joined."""
    return shown(await filing.submit(tx, loss_notice_id, seen_version, receipt), response)


@router.post(
    "/loss-notices/{loss_notice_id}/withdraw",
    dependencies=[may_write],
    responses=may_answer(
        LossNoticeNotFound, NotWithdrawableInThisState, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "損失等発生通知の取下げ"},
)
async def withdraw_loss_notice(
    loss_notice_id: LossNoticeId,
    tx: Transaction,
    seen_version: IfMatch,
    now: Now,
    response: Response,
) -> LossNotice:
    """Take a filed loss notice back (取下げ)."""
    return shown(await filing.withdraw(tx, loss_notice_id, seen_version, now), response)


@router.post(
    "/loss-notices/{loss_notice_id}/copy",
    status_code=201,
    dependencies=[may_write],
    responses=may_answer(LossNoticeNotFound, PreconditionRequired, PreconditionFailed),
    openapi_extra={"x-summary-ja": "損失等発生通知の再利用"},
)
async def copy_loss_notice(
    loss_notice_id: LossNoticeId,
    tx: Transaction,
    seen_version: IfMatch,
    now: Now,
    response: Response,
) -> LossNotice:
    """Begin a new draft with what a notice says (再利用), without its dates."""
    return created(await drafts.copy(tx, loss_notice_id, seen_version, now), response)
