"""`/approvals` for staff: the second eyes of a company that has no second administrator."""

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.answers import may_answer
from libs.common.database import PLATFORM, act_for
from libs.common.etags import IfMatch, etag
from libs.common.routing import Router, StaffTransaction
from libs.common.security import requires
from libs.common.wire import PolicyholderCode

from .. import tables
from ..actions import approvals
from ..actions.acting import Acting
from ..errors import SecondAdministratorDecides, TooManyMachineClients
from .approval_shapes import requested
from .approvals import DECIDING, IMPOSSIBLE, Approval, ApprovalId, Decision, members_of
from .desk import Act

staff_router = Router(tags=["approvals"], dependencies=[requires("ops:approvals:write")])


class StaffDecision(Decision):
    """Staff's decision names whose request it is."""

    policyholder_code: PolicyholderCode


@staff_router.post(
    "/approvals/{approval_id}/approve",
    responses=may_answer(SecondAdministratorDecides, TooManyMachineClients, *DECIDING, *IMPOSSIBLE),
    openapi_extra={"x-summary-ja": "承認(運営)"},
)
async def approve_approval_for_policyholder(
    approval_id: ApprovalId,
    wish: StaffDecision,
    acting: Act,
    tx: StaffTransaction,
    seen_version: IfMatch,
    response: Response,
) -> Approval:
    """Approve for a company that has no second administrator who could."""
    await act_for(tx, wish.policyholder_code)
    seen = approvals.Seen(approval_id, seen_version, wish.content_hash)
    outcome = await approvals.approve_for(tx, acting, seen)
    return await _shown_to_staff(tx, acting, outcome.approval, response)


@staff_router.post(
    "/approvals/{approval_id}/reject",
    responses=may_answer(SecondAdministratorDecides, *DECIDING),
    openapi_extra={"x-summary-ja": "否認(運営)"},
)
async def reject_approval_for_policyholder(
    approval_id: ApprovalId,
    wish: StaffDecision,
    acting: Act,
    tx: StaffTransaction,
    seen_version: IfMatch,
    response: Response,
) -> Approval:
    """Reject for a company that has no second administrator who could."""
    await act_for(tx, wish.policyholder_code)
    seen = approvals.Seen(approval_id, seen_version, wish.content_hash)
    row = await approvals.reject_for(tx, acting, seen)
    return await _shown_to_staff(tx, acting, row, response)


async def _shown_to_staff(
    tx: AsyncSession, acting: Acting, row: tables.Approval, response: Response
) -> Approval:
    await tx.flush()
    await act_for(tx, PLATFORM)
    response.headers["ETag"] = etag(row.version)
    content = requested(approvals.content_of(acting.desk.kek, row))
    return Approval(**members_of(row, acting.now), content=content)
