"""What staff decide about a policy before it becomes final: marks (*) and holds (留保)."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.clock import now
from libs.common.wire import new_id

from .. import tables
from ..errors import (
    AlreadyHeld,
    AlreadyMarked,
    NotHeld,
    NotMarked,
    NotPending,
    RowWasRefused,
)
from ..queries import check_ledgers as queries
from ..queries import cycle
from .check_ledgers import count_marks_again

Act = Literal["MARK", "UNMARK", "HOLD", "RELEASE"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is decided, in both languages, and who decides it (決定の理由)."""

    ja: str
    en: str
    by: str


async def mark(tx: AsyncSession, ledger_id: str, number: int, reason: Reason) -> tables.Decision:
    """Mark a line as an error (照合の *); it stays so until it is corrected.

    Raises: CheckLedgerLineNotFound, RowWasRefused, NotPending, AlreadyMarked.
    """
    contract, state = await _state_on(tx, ledger_id, number)
    if await tx.get(tables.Mark, (tx.info["tenant"], *state.values())) is not None:
        raise AlreadyMarked

    decided = _decided(tx, contract, "MARK", reason, **state)
    told = {"kind": "STAFF", "reason_ja": reason.ja, "reason_en": reason.en}
    when = {"marked_at": decided.decided_at, "marked_by": reason.by}
    tx.add(tables.Mark(tenant=contract.tenant, **state, **told, **when))
    await _count_again(tx, decided)
    return decided


async def unmark(tx: AsyncSession, ledger_id: str, number: int, reason: Reason) -> tables.Decision:
    """Take back a mark (照合の * の取消): the line is as it should be.

    Raises: CheckLedgerLineNotFound, RowWasRefused, NotPending, NotMarked.
    """
    contract, state = await _state_on(tx, ledger_id, number)
    marked = await tx.get(tables.Mark, (tx.info["tenant"], *state.values()))
    if marked is None:
        raise NotMarked

    await tx.delete(marked)
    decided = _decided(tx, contract, "UNMARK", reason, **state)
    await _count_again(tx, decided)
    return decided


async def hold(tx: AsyncSession, policy_number: str, reason: Reason) -> tables.Decision:
    """Keep a policy from becoming final (確定の留保), until it is released.

    Raises: ContractNotFound, AlreadyHeld.
    """
    contract = await cycle.locked_contract(tx, policy_number)
    if await tx.get(tables.Hold, (tx.info["tenant"], policy_number)) is not None:
        raise AlreadyHeld

    decided = _decided(tx, contract, "HOLD", reason)
    told = {"reason_ja": reason.ja, "reason_en": reason.en}
    when = {"held_at": decided.decided_at, "held_by": reason.by}
    tx.add(tables.Hold(tenant=contract.tenant, policy_number=policy_number, **told, **when))
    return decided


async def release(tx: AsyncSession, policy_number: str, reason: Reason) -> tables.Decision:
    """Let a held policy become final again (留保の解除).

    Raises: ContractNotFound, NotHeld.
    """
    contract = await cycle.locked_contract(tx, policy_number)
    held = await tx.get(tables.Hold, (tx.info["tenant"], policy_number))
    if held is None:
        raise NotHeld

    await tx.delete(held)
    return _decided(tx, contract, "RELEASE", reason)


async def _state_on(
    tx: AsyncSession, ledger_id: str, number: int
) -> tuple[tables.Contract, dict[str, str | int]]:
    """Find what a line shows, while it is pending and stays so until this act has ended."""
    line = await queries.line(tx, ledger_id, number)
    if line.policy_number is None or line.revision is None:
        raise RowWasRefused
    # Locked: a correction or the month's end that is under way is waited for.
    contract = await cycle.locked_contract(tx, line.policy_number)
    state: dict[str, str | int] = {name: getattr(line, name) for name in cycle.STATE}
    if not await cycle.is_pending(tx, contract, state):
        raise NotPending
    return contract, state


def _decided(
    tx: AsyncSession, contract: tables.Contract, act: Act, reason: Reason, **state: str | int
) -> tables.Decision:
    decided = tables.Decision(
        tenant=contract.tenant,
        id=new_id("decision"),
        act=act,
        reason_ja=reason.ja,
        reason_en=reason.en,
        decided_at=now(),
        decided_by=reason.by,
        **{"policy_number": contract.policy_number} | state,
    )
    tx.add(decided)
    return decided


async def _count_again(tx: AsyncSession, decided: tables.Decision) -> None:
    await tx.flush()
    shown = queries.with_policy(decided.policy_number)
    await count_marks_again(tx, shown, decided.decided_at)
