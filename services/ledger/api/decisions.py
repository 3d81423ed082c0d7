"""What staff decide before a policy becomes final: lines are marked, policies are held."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.database import act_for
from libs.common.routing import Router, StaffTransaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import Input, Instant, Output, PolicyholderCode, PolicyNumber

from ..actions import decisions as actions
from ..errors import (
    AlreadyHeld,
    AlreadyMarked,
    CheckLedgerLineNotFound,
    ContractNotFound,
    NotHeld,
    NotMarked,
    NotPending,
    RowWasRefused,
)

of_lines = Router(tags=["check-ledgers"], dependencies=[requires("ops:check-ledgers:write")])
of_contracts = Router(
    tags=["ledger-contracts"], dependencies=[requires("ops:ledger-contracts:write")]
)

ReasonText = Annotated[str, Field(min_length=1, max_length=500)]
LineId = Annotated[
    str, Path(max_length=100, description="`id` of a line: its ledger's id and its number.")
]


class DecisionCreate(Input):
    """Whose policy is decided on, and why, in both languages."""

    policyholder_code: PolicyholderCode
    reason_ja: ReasonText
    reason_en: ReasonText

    def reason(self, by: str) -> actions.Reason:
        """Give it in the words of the act."""
        return actions.Reason(self.reason_ja, self.reason_en, by)


class Decision(Output):
    """What was decided, on what, and why (決定とその理由)."""

    id: str
    act: Literal["MARK", "UNMARK", "HOLD", "RELEASE"]
    policy_number: PolicyNumber
    branch_number: str | None
    history_number: str | None
    revision: int | None
    reason_ja: str
    reason_en: str
    decided_at: Instant
    decided_by: str


@of_lines.post(
    "/check-ledger-lines/{line_id}/mark",
    responses=may_answer(CheckLedgerLineNotFound, RowWasRefused, NotPending, AlreadyMarked),
    openapi_extra={"x-summary-ja": "照合用台帳の明細に「*」を付す"},
)
async def mark_check_ledger_line(
    line_id: LineId, wish: DecisionCreate, tx: StaffTransaction, caller: CurrentCaller
) -> Decision:
    """Mark a line as an error (`*`): it is not final before its correction (修正)."""
    await act_for(tx, wish.policyholder_code)
    decided = await actions.mark(tx, *_place(line_id), wish.reason(caller.subject))
    return Decision.model_validate(decided)


@of_lines.post(
    "/check-ledger-lines/{line_id}/unmark",
    responses=may_answer(CheckLedgerLineNotFound, RowWasRefused, NotPending, NotMarked),
    openapi_extra={"x-summary-ja": "照合用台帳の明細の「*」の取消"},
)
async def unmark_check_ledger_line(
    line_id: LineId, wish: DecisionCreate, tx: StaffTransaction, caller: CurrentCaller
) -> Decision:
    """Take a mark back: the line is as it should be."""
    await act_for(tx, wish.policyholder_code)
    decided = await actions.unmark(tx, *_place(line_id), wish.reason(caller.subject))
    return Decision.model_validate(decided)


@of_contracts.post(
    "/ledger-contracts/{policy_number}/hold",
    responses=may_answer(ContractNotFound, AlreadyHeld),
    openapi_extra={"x-summary-ja": "確定の留保"},
)
async def hold_ledger_contract(
    policy_number: PolicyNumber,
    wish: DecisionCreate,
    tx: StaffTransaction,
    caller: CurrentCaller,
) -> Decision:
    """Keep a policy from becoming final until it is released (確定の留保)."""
    await act_for(tx, wish.policyholder_code)
    decided = await actions.hold(tx, policy_number, wish.reason(caller.subject))
    return Decision.model_validate(decided)


@of_contracts.post(
    "/ledger-contracts/{policy_number}/release",
    responses=may_answer(ContractNotFound, NotHeld),
    openapi_extra={"x-summary-ja": "確定の留保の解除"},
)
async def release_ledger_contract(
    policy_number: PolicyNumber,
    wish: DecisionCreate,
    tx: StaffTransaction,
    caller: CurrentCaller,
) -> Decision:
    """Let a held policy become final again (留保の解除)."""
    await act_for(tx, wish.policyholder_code)
    decided = await actions.release(tx, policy_number, wish.reason(caller.subject))
    return Decision.model_validate(decided)


def _place(line_id: str) -> tuple[str, int]:
    """Read the id of a line: a ledger's id and a number.

    Raises: CheckLedgerLineNotFound.
    """
    ledger_id, _, number = line_id.rpartition("-")
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        raise CheckLedgerLineNotFound
    return ledger_id, int(number)
