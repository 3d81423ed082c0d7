"""How a rule is declared: its number, the items it points at, and one question in columns.

A rule is a function that says, in words of the trade, when it finds fault. The decorator says
how often it is asked: once per record, once per settlement, or once for each of several items.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType

import polars as pl

from ..case import Case
from ..layout import Column, slotted


@dataclass(frozen=True, slots=True)
class Check:
    """One question of a rule to every record, and the items at fault when it is true.

    Shape: `items` are names of columns; the first one is the cell a finding points at. `params`
           are what the rule's text tells besides.
    """

    rule: str
    code: str
    items: tuple[str, ...]
    fault: pl.Expr
    params: Mapping[str, pl.Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the rule book (チェック項目); asked of a case, it gives its questions."""

    number: str
    ask: Callable[[Case], Iterator[Check]]


def record_rule(
    number: str, *fields: str, code: str, **params: pl.Expr
) -> Callable[[Callable[[Case], pl.Expr]], Rule]:
    """Declare a rule asked once per record; items of settlements are pointed at in the first."""

    def declare(fault: Callable[[Case], pl.Expr]) -> Rule:
        def ask(case: Case) -> Iterator[Check]:
            items = tuple(_first(case, name) for name in fields)
            yield Check(number, code, items, fault(case), params)

        return Rule(number, ask)

    return declare


def settlement_rule(
    number: str, *fields: str, code: str
) -> Callable[[Callable[[Case, int], pl.Expr]], Rule]:
    """Declare a rule asked once per settlement slot (決済欄)."""

    def declare(fault: Callable[[Case, int], pl.Expr]) -> Rule:
        def ask(case: Case) -> Iterator[Check]:
            for slot in case.layout.every_slot:
                items = tuple(_in_slot(case, name, slot) for name in fields)
                yield Check(number, code, items, fault(case, slot))

        return Rule(number, ask)

    return declare


def item_rule(
    number: str, choice: Callable[[Column], bool], code: str
) -> Callable[[Callable[[Case, Column], pl.Expr]], Rule]:
    """Declare a rule asked once for each item chosen, in every slot it comes in."""

    def declare(fault: Callable[[Case, Column], pl.Expr]) -> Rule:
        def ask(case: Case) -> Iterator[Check]:
            for column in case.layout.where(choice):
                yield Check(number, code, (column.name,), fault(case, column))

        return Rule(number, ask)

    return declare


def named(*fields: str) -> Callable[[Column], bool]:
    """Choose items by name."""
    return lambda column: column.field in fields


def rules_of(*themes: ModuleType) -> tuple[Rule, ...]:
    """Collect the rules declared in modules, in the order they are written."""
    return tuple(
        thing for theme in themes for thing in vars(theme).values() if isinstance(thing, Rule)
    )


def _first(case: Case, field: str) -> str:
    return field if field in case.layout.names else slotted(field, 1)


def _in_slot(case: Case, field: str, slot: int) -> str:
    return field if field in case.layout.names else slotted(field, slot)
