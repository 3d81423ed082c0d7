"""Drafts of loss notices (損失等発生通知の作成): begun, changed, deleted, copied."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.dates import today_in_japan
from libs.common.etags import match
from libs.common.wire import new_id

from .. import queries, tables
from ..domain.loss_notice import LossNotice
from ..domain.status import NoticeAction, NoticeStatus, allowed
from ..errors import NotEditableInThisState
from .cases import case_of, content, lay_out

_NO_DATES: Mapping[str, Any] = {"accident_fixed_on": None, "shipped_on": None, "due_on": None}


async def begin(tx: AsyncSession, notice: LossNotice, at: datetime) -> tables.LossNotice:
    """Begin a loss notice; whatever is missing may be added later."""
    row = tables.LossNotice(
        tenant=tx.info["tenant"],
        id=new_id("loss_notice"),
        kind=notice.kind,
        status=NoticeStatus.DRAFT,
        version=0,
    )
    await _write(tx, row, notice, at)
    tx.add(row)
    return row


async def change(
    tx: AsyncSession,
    loss_notice_id: str,
    seen_version: int,
    changes: Mapping[str, Any],
    at: datetime,
) -> tables.LossNotice:
    """Change a draft: what is named gets its new value, what is not stays.

    Raises: LossNoticeNotFound, PreconditionFailed, NotEditableInThisState.
    """
    row = await editable(tx, loss_notice_id, seen_version, NoticeAction.UPDATE)
    await _write(tx, row, replace(content(row), **changes), at)
    return row


async def delete(tx: AsyncSession, loss_notice_id: str, seen_version: int) -> None:
    """Delete a draft; what was filed stays for ever.

    Raises: LossNoticeNotFound, PreconditionFailed, NotEditableInThisState.
    """
    await tx.delete(await editable(tx, loss_notice_id, seen_version, NoticeAction.DELETE))


async def copy(
    tx: AsyncSession, loss_notice_id: str, seen_version: int, at: datetime
) -> tables.LossNotice:
    """Begin a new draft with what another notice says (再利用); its dates are left out.

    Raises: LossNoticeNotFound, PreconditionFailed.
    """
    row = await queries.loss_notice(tx, loss_notice_id)
    match(seen_version, row.version)
    return await begin(tx, replace(content(row), **_NO_DATES), at)


async def editable(
    tx: AsyncSession, loss_notice_id: str, seen_version: int, action: NoticeAction
) -> tables.LossNotice:
    """Take hold of a notice, as it was seen, to change, delete or submit it.

    Raises: LossNoticeNotFound, PreconditionFailed, NotEditableInThisState.
    """
    row = await queries.loss_notice(tx, loss_notice_id, lock=True)
    match(seen_version, row.version)
    if action not in allowed(NoticeStatus(row.status)):
        raise NotEditableInThisState
    return row


async def _write(
    tx: AsyncSession, row: tables.LossNotice, notice: LossNotice, at: datetime
) -> None:
    """Save a draft, with its deadline as far as that can be told."""
    case = await case_of(tx, notice, row.id, today_in_japan(at))
    lay_out(row, notice)
    row.deadline_on, row.sample = case.deadline_on, case.sample
    row.version, row.updated_at = row.version + 1, at
