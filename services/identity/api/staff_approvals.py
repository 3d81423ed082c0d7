"""`/approvals` for staff: the second eyes of a company that has no second administrator."""

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.answers import may_answer
from libs.common.database import PLATFORM, act_for
from libs.common.etags import IfMatch
from libs.common.paging import Paging
from libs.common.routing import Router, StaffTransaction
from libs.common.security import requires
from libs.common.wire import PolicyholderCode

from .. import queries, tables
from ..actions import approvals
from ..actions.acting import Acting
from ..errors import ApprovalNotFound, SecondAdministratorDecides, TooManyMachineClients
from .approvals import (
    DECIDING,
    IMPOSSIBLE,
    Approval,
    ApprovalId,
    ApprovalPage,
    Decision,
    page_of_approvals,
    shown_approval,
)
from .desk import Act, RealNow, TheDesk

staff_router = Router(tags=["approvals"], dependencies=[requires("ops:approvals:write")])


class StaffDecision(Decision):
    """Staff's decision names whose request it is."""

    policyholder_code: PolicyholderCode


Of = Annotated[PolicyholderCode, Query(description="Whose requests; staff see no other's.")]


@staff_router.get("/approvals", openapi_extra={"x-summary-ja": "承認申請の一覧(運営)"})
async def list_approvals_for_policyholder(
    policyholder_code: Of, tx: StaffTransaction, paging: Paging, now: RealNow
) -> ApprovalPage:
    """List a company's requests, the decided ones too."""
    await act_for(tx, policyholder_code)
    return await page_of_approvals(tx, paging, now)


@staff_router.get(
    "/approvals/{approval_id}",
    responses=may_answer(ApprovalNotFound),
    openapi_extra={"x-summary-ja": "承認申請の照会(運営)"},
)
async def get_approval_for_policyholder(
    approval_id: ApprovalId,
    policyholder_code: Of,
    tx: StaffTransaction,
    desk: TheDesk,
    now: RealNow,
    response: Response,
) -> Approval:
    """Read a company's request, with its content and the hash to decide by."""
    await act_for(tx, policyholder_code)
    return shown_approval(await queries.approval(tx, approval_id), desk, now, response)


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
    return shown_approval(row, acting.desk, acting.now, response)
