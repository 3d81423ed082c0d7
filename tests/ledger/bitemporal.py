"""A ledger's memory as it should be: what was believed when, about which days, kept in lists."""

from dataclasses import dataclass, replace
from datetime import date, datetime

Branches = dict[str, list["State"]]


@dataclass(frozen=True, slots=True)
class State:
    """One history of a branch, as far as the two times go."""

    history_number: str
    valid_from: date
    principal: int
    revision: int = 0
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True)
class Request:
    """Something asked of a contract: what, of which of its branches or histories, from when."""

    kind: str
    choice: int
    day: date


class Memory:
    """A contract, and everything that was ever believed of it."""

    def __init__(self, first: State, at: datetime) -> None:
        """Begin with one branch in its first state."""
        self.beliefs: list[tuple[datetime, Branches]] = [(at, {"00": [first]})]

    @property
    def now(self) -> Branches:
        """What is believed now."""
        return self.beliefs[-1][1]

    def learn(self, results: dict[str, State], at: datetime) -> None:
        """Believe something else of some branches from a moment on."""
        branches = {branch: list(states) for branch, states in self.now.items()}
        for branch, state in results.items():
            others = [
                it for it in branches.get(branch, []) if it.history_number != state.history_number
            ]
            branches[branch] = sorted([*others, state], key=lambda it: it.history_number)
        self.beliefs.append((at, branches))

    def answer(self, day: date, moment: datetime) -> dict[str, State]:
        """What held of each branch on a day, as it was known at a moment."""
        known = [branches for at, branches in self.beliefs if at <= moment]
        found = {}
        for branch, states in (known[-1] if known else {}).items():
            begun = [it for it in states if it.valid_from <= day]
            holding = [it for it in begun if it.status != "CANCELLED"] or begun
            if holding:
                found[branch] = holding[-1]
        return found


def results_of(request: Request, branches: Branches, principal: int) -> dict[str, State]:
    """What comes of a request: the new state of each branch it touches, if any."""
    open_branches = sorted(branch for branch, states in branches.items() if _last(states))
    if not open_branches:
        return {}
    branch = open_branches[request.choice % len(open_branches)]
    states = branches[branch]
    last = _last(states)
    assert last is not None
    changed = State(
        f"{len(states):02}", max(request.day, last.valid_from), principal, status="ACTIVE"
    )
    match request.kind:
        case "change":
            return {branch: changed}
        case "split":
            opened = replace(changed, history_number="00")
            return {branch: changed, f"{len(branches):02}": opened}
        case "correct":
            one = states[request.choice % len(states)]
            corrected = replace(one, principal=principal, revision=one.revision + 1)
            return {branch: corrected} if one.status == "ACTIVE" else {}
        case _:
            return {branch: replace(last, status="CANCELLED")}


def _last(states: list[State]) -> State | None:
    active = [it for it in states if it.status != "CANCELLED"]
    return active[-1] if active else None
