"""Approvals (承認): one administrator requests, another decides, and only then it happens."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.etags import match
from libs.common.problem_codes import ApproverNotEligible, StepUpRequired
from libs.common.security import STEP_UP_CHALLENGE
from libs.common.wire import new_id

from .. import queries, tables
from ..domain import approvals, letters
from ..errors import ApprovalClosed, ApprovalNotAsSeen, SecondAdministratorDecides
from . import approved
from .acting import Acting
from .history import Deed
from .mails import post
from .sealing import KeyEncryptionKey, Place


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody decides on: the version and the content they saw."""

    approval_id: str
    version: int
    content_hash: str


async def request(tx: AsyncSession, acting: Acting, content: approvals.Content) -> tables.Approval:
    """Request what another administrator must approve (承認申請).

    Raises: StepUpRequired, if the proof was used before; whatever the content is refused for.
    """
    await _spend_intent(tx, acting)
    await approved.check(tx, content, acting.now)
    approval_id, text = new_id("approval"), approvals.written(content)
    tenant = acting.caller.tenant
    row = tables.Approval(
        tenant=tenant,
        approval_id=approval_id,
        kind=content.kind,
        target=content.target,
        sealed_content=acting.desk.kek.seal(text.encode(), _at(tenant, approval_id)),
        encryption_key_id=acting.desk.kek.id,
        # With our key: an account number has so few digits that its bare hash would tell it.
        content_hash=acting.desk.kek.mac("approval", tenant, approval_id, text).hex(),
        status=approvals.PENDING,
        requested_by=acting.caller.subject,
        requested_at=acting.now,
        expires_at=acting.now + approvals.LIFE,
        decided_by=None,
        decided_at=None,
        effective_at=None,
        version=1,
        updated_at=acting.now,
    )
    tx.add(row)
    await _tell_all(tx, acting, "approval-requested")
    await _note(tx, acting, row, "approval.request")
    return row


async def approve(tx: AsyncSession, acting: Acting, seen: Seen) -> approved.Outcome:
    """Approve another's request (承認); it happens now, or after its day of cooling off.

    Raises: ApprovalNotFound, PreconditionFailed, ApprovalClosed, ApprovalNotAsSeen,
            ApproverNotEligible, StepUpRequired; whatever the content is refused for by now.
    """
    await _spend_intent(tx, acting)
    row = await _open(tx, acting, seen)
    await _check_second_eyes(tx, acting, row)
    return await _approve(tx, acting, row)


async def reject(tx: AsyncSession, acting: Acting, seen: Seen) -> tables.Approval:
    """Reject another's request (否認).

    Raises: ApprovalNotFound, PreconditionFailed, ApprovalClosed, ApprovalNotAsSeen,
            ApproverNotEligible, StepUpRequired.
    """
    await _spend_intent(tx, acting)
    row = await _open(tx, acting, seen)
    await _check_second_eyes(tx, acting, row)
    return await _close(tx, acting, row, approvals.REJECTED)


async def cancel(
    tx: AsyncSession, acting: Acting, approval_id: str, seen_version: int
) -> tables.Approval:
    """Cancel a request, or what it made while it cools off; any administrator may.

    Raises: ApprovalNotFound, PreconditionFailed, ApprovalClosed, StepUpRequired.
    """
    await _spend_intent(tx, acting)
    row = await queries.approval(tx, approval_id, locked=True)
    match(seen_version, row.version)
    if _standing(row, acting.now) not in (approvals.PENDING, approvals.APPROVED):
        raise ApprovalClosed
    for account in await queries.accounts_of_approval(tx, approval_id):
        account.cancelled = True
    return await _close(tx, acting, row, approvals.CANCELLED)


async def approve_for(tx: AsyncSession, acting: Acting, seen: Seen) -> approved.Outcome:
    """Approve as staff, for a company without a second administrator who could.

    Raises: as `approve`; SecondAdministratorDecides.
    """
    row = await _open(tx, acting, seen)
    await _check_nobody_else(tx, row, acting.now)
    return await _approve(tx, acting, row)


async def reject_for(tx: AsyncSession, acting: Acting, seen: Seen) -> tables.Approval:
    """Reject as staff, for a company without a second administrator who could.

    Raises: as `reject`; SecondAdministratorDecides.
    """
    row = await _open(tx, acting, seen)
    await _check_nobody_else(tx, row, acting.now)
    return await _close(tx, acting, row, approvals.REJECTED)


def content_of(kek: KeyEncryptionKey, row: tables.Approval) -> approvals.Content:
    """Open a request's content.

    Raises: SealBroken.
    """
    sealed = kek.open(row.sealed_content, place(row))
    return approvals.read(sealed.decode())


async def _open(tx: AsyncSession, acting: Acting, seen: Seen) -> tables.Approval:
    # Locked: of two who decide, the second finds it decided.
    row = await queries.approval(tx, seen.approval_id, locked=True)
    match(seen.version, row.version)
    if _standing(row, acting.now) != approvals.PENDING:
        raise ApprovalClosed
    if not hmac.compare_digest(seen.content_hash, row.content_hash):
        raise ApprovalNotAsSeen
    return row


async def _check_second_eyes(tx: AsyncSession, acting: Acting, row: tables.Approval) -> None:
    approver = await queries.user(tx, acting.caller.subject)
    if not approvals.may_approve(
        approver.user_id, approver.trusted_from, row.requested_by, acting.now
    ):
        raise ApproverNotEligible


async def _check_nobody_else(tx: AsyncSession, row: tables.Approval, now: datetime) -> None:
    eligible = [
        it
        for it in await queries.active_administrators(tx)
        if approvals.may_approve(it.user_id, it.trusted_from, row.requested_by, now)
    ]
    if eligible:
        raise SecondAdministratorDecides


async def _approve(tx: AsyncSession, acting: Acting, row: tables.Approval) -> approved.Outcome:
    content = content_of(acting.desk.kek, row)
    row.effective_at = approvals.comes_into_force(content, acting.now)
    outcome = await approved.happen(tx, acting, row, content)
    await _close(tx, acting, row, approvals.APPROVED)
    return outcome


async def _close(
    tx: AsyncSession, acting: Acting, row: tables.Approval, status: str
) -> tables.Approval:
    row.status, row.decided_by = status, acting.caller.subject
    row.decided_at = row.updated_at = acting.now
    row.version += 1
    await _tell_all(tx, acting, f"approval-{status.lower()}")
    await _note(tx, acting, row, f"approval.{status.lower()}")
    return row


async def _spend_intent(tx: AsyncSession, acting: Acting) -> None:
    """Use a proof up for this request; of two with one proof, the second is refused."""
    used = tables.UsedIntent
    row = {"tenant": acting.caller.tenant, "jti": acting.caller.jti, "used_at": acting.now}
    spent = insert(used).values(row).on_conflict_do_nothing().returning(used.jti)
    if await tx.scalar(spent) is None:
        raise StepUpRequired(headers=STEP_UP_CHALLENGE)


async def _tell_all(tx: AsyncSession, acting: Acting, kind: str) -> None:
    for administrator in await queries.active_administrators(tx):
        await post(tx, acting.desk.kek, administrator.mail, letters.notice(kind))


async def _note(tx: AsyncSession, acting: Acting, row: tables.Approval, action: str) -> None:
    changed = {"content": row.content_hash}
    await acting.note(tx, Deed(action, target=row.approval_id, reason=row.kind, changed=changed))


def _standing(row: tables.Approval, now: datetime) -> str:
    return approvals.standing(row.status, row.expires_at, row.effective_at, now)


def place(row: tables.Approval) -> Place:
    """Say where a request's content belongs."""
    return _at(row.tenant, row.approval_id)


def _at(tenant: str, approval_id: str) -> Place:
    return Place("approval", tenant, "approvals", approval_id)
