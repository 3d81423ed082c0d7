"""What became of a contract (契約の状態), told from the histories of its branches."""

from collections.abc import Iterable
from dataclasses import dataclass

from .states import ACTIVE, CANCELLED


@dataclass(frozen=True, slots=True)
class StateOfBranch:
    """One history of a branch, and whether it holds."""

    branch_number: str
    history_number: str
    status: str


def status_of(histories: Iterable[StateOfBranch], *, is_final: bool) -> str:
    """Tell the status of a contract by the last state of each branch.

    All branches cancelled: cancelled. None of them active: terminated. Otherwise it is in force
    from the day one of its histories became final (確定), and only applied for until then.

    Source: ledger notes §9 (policy status).
    """
    last: dict[str, str] = {}
    in_order = sorted(histories, key=lambda it: (it.status != CANCELLED, it.history_number))
    for history in in_order:
        last[history.branch_number] = history.status
    if all(status == CANCELLED for status in last.values()):
        return "CANCELLED"
    if ACTIVE not in last.values():
        return "TERMINATED"
    return "IN_FORCE" if is_final else "APPLIED"
