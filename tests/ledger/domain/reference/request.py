"""One request of a file of changes, and the state it addresses, found by walking a list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .record import Record

State = Mapping[str, Any]

SHIPMENT = (
    "first_shipment_date",
    "last_shipment_date",
    "pre_shipment_amount",
    "post_shipment_amount",
)
SETTLEMENT = (
    "settlement_method",
    "payment_guarantee_code",
    "usance_unit",
    "usance_period",
    "due_date",
    "settlement_principal",
    "settlement_interest",
)
MAY_BE_EMPTY = {9, 10, 11, 16, 21, 22, 24, 27, 31, 32, 33, 34, 38, 41, 44, 45, 46, 47, 49}


@dataclass(eq=False)
class Request(Record):
    """A record of layout 2110; its markers are read out of its texts."""

    emptied: set[str] = field(default_factory=set)
    policy_states: list[State] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the markers."""
        self.emptied = {name for name, text in self.text.items() if text == "-"}
        self.text = {
            name: None if name in self.emptied else text for name, text in self.text.items()
        }

    @property
    def kind(self) -> str:
        """The processing type, if it is one."""
        return str(self.value.get("processing_type", ""))

    @property
    def reason(self) -> str:
        """The change reason, if it is one."""
        return str(self.value.get("change_reason", ""))

    @property
    def is_change(self) -> bool:
        """It is a change of the export contract."""
        return self.kind == "2"

    @property
    def is_increase(self) -> bool:
        """It is a change that adds a branch of its own."""
        return self.is_change and self.reason == "01"

    @property
    def policy_number(self) -> str:
        """The policy number, if it is whole."""
        return "".join(map(str, self.policy or ()))

    @property
    def branch(self) -> str | None:
        """The branch it is about, if that is known."""
        return "00" if self.text["branch_number"] is None else self._two_digits("branch_number")

    @property
    def original(self) -> str | None:
        """The branch it is a part of, as it says."""
        return self._two_digits("original_branch_number")

    def _two_digits(self, name: str) -> str | None:
        return str(self.value[name]) if name in self.value else None

    def entered(self, name: str) -> bool:
        """Anything stands there."""
        return self.text[name] is not None or name in self.emptied

    def is_unclear(self, name: str) -> bool:
        """What stands there means nothing."""
        if name in self.emptied:
            return self.case.layout[name].item_no not in MAY_BE_EMPTY
        return self.text[name] is not None and name not in self.value

    def states_of(self, branch: str | None) -> list[State]:
        """The histories of a branch, in order."""
        states = [state for state in self.policy_states if state["branch_number"] == branch]
        return sorted(states, key=lambda state: str(state["history_number"]))

    def latest(self, branch: str | None) -> State | None:
        """The last history of a branch that is not cancelled."""
        standing = [state for state in self.states_of(branch) if state["status"] != "CANCELLED"]
        return standing[-1] if standing else None

    @property
    def opens(self) -> bool:
        """It begins a branch that is not there yet."""
        return self.is_change and not self.states_of(self.branch)

    @property
    def source(self) -> str | None:
        """The branch it builds on."""
        if not self.opens:
            return self.branch
        return None if self.reason in {"", "01"} else self.original

    @property
    def target(self) -> State | None:
        """The state it addresses."""
        if self.is_change or (self.kind != "5" and self.text["history_number"] is None):
            return self.latest(self.source)
        number = self.value.get("history_number")
        return next(
            (it for it in self.states_of(self.branch) if it["history_number"] == number), None
        )

    def settlement_names(self, slot: int) -> list[str]:
        """The items of a settlement slot."""
        return [f"{name}_{slot}" for name in SETTLEMENT]


def total(amounts: Iterable[Any]) -> Decimal:
    """The sum of what there is."""
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
