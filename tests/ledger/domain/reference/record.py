"""One record of a ledger file: its texts, and the values of those that are well written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.ledger.domain.case import Case

Value = str | int | date | Decimal
Found = tuple[str, tuple[str, ...]]

POLICY = ("branch_office_code", "agreement_code", "fiscal_year", "serial_number")


@dataclass(eq=False)
class Record:
    """One record, and what has been found of it: rules, each with the items at fault."""

    number: int
    text: Mapping[str, str | None]
    case: Case
    value: dict[str, Value] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)

    def blank(self, name: str) -> bool:
        """Nothing stands there."""
        return self.text[name] is None

    def day(self, name: str) -> date | None:
        """The day that stands there, if any."""
        found = self.value.get(name)
        return found if isinstance(found, date) else None

    def amount(self, name: str) -> Decimal | None:
        """The amount that stands there, if any."""
        found = self.value.get(name)
        return found if isinstance(found, Decimal) else None

    @property
    def used_slots(self) -> list[int]:
        """The settlement slots in which something stands."""
        slots = {name[-1] for name, text in self.text.items() if text and name[-2] == "_"}
        return sorted(map(int, slots))

    @property
    def methods(self) -> dict[int, Value]:
        """The method of every settlement that has one."""
        names = {slot: f"settlement_method_{slot}" for slot in self.case.layout.every_slot}
        return {slot: self.value[name] for slot, name in names.items() if name in self.value}

    def calls_for(self, slot: int) -> str | None:
        """What the method of a settlement calls for in its code table."""
        table = self.case.register.tables["settlement_methods"].rows
        method = self.methods.get(slot)
        return None if method is None else table[str(method)]["input_method"]

    @property
    def policy(self) -> tuple[Value | None, ...] | None:
        """The policy a record belongs to, if its number is whole."""
        number = tuple(self.value.get(name) for name in POLICY)
        return None if None in number else number
