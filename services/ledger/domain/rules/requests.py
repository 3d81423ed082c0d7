"""Requests: what a change says by itself, before any contract is looked up (2110).

Rules L104, L109, L121 to L125, L127, L132.

Source: ledger notes §8, §9, §10.1, §10.2, §14.
"""

import polars as pl

from ..case import Case
from ..cells import ADD, DELETE, MODIFY, any_of, blank, is_one_of, value
from ..change_cells import (
    CLEARABLE,
    SHIPMENT_ITEMS,
    cleared,
    entered,
    is_cancellation,
    is_change,
    is_correction,
    is_increase,
)
from ..layout import Column, slotted
from ..partition import POLICY_ITEMS
from ..states import SETTLEMENT_ITEMS
from .declaring import item_rule, named, record_rule, settlement_rule

ALWAYS_NEEDED = ("processing_type", *POLICY_ITEMS, "applicant_code", "application_date")
NEEDED_BY_A_CHANGE = ("contract_change_date", "change_reason")
NEEDED_BY_A_CANCELLATION = ("history_number",)
_OF_A_CANCELLATION = {*ALWAYS_NEEDED, *NEEDED_BY_A_CANCELLATION, "branch_number"}
_BLOCKS = {*SHIPMENT_ITEMS, *SETTLEMENT_ITEMS}


def is_missing(name: str) -> pl.Expr:
    """Tell whether nothing at all stands in an item, not even the marker."""
    return blank(name) & ~cleared(name)


@record_rule("L104", *NEEDED_BY_A_CANCELLATION, code="required")
def lacks_the_history(_: Case) -> pl.Expr:
    """A cancellation does not say which history (履歴番号) it cancels."""
    return is_cancellation() & is_missing("history_number")


@item_rule("L109", named(*ALWAYS_NEEDED), code="required")
def lacks_an_item(_: Case, column: Column) -> pl.Expr:
    """An item that every request needs is blank."""
    return is_missing(column.name)


@item_rule("L109", named(*NEEDED_BY_A_CHANGE), code="required")
def lacks_day_or_reason(_: Case, column: Column) -> pl.Expr:
    """A change without its day (変更日) or its reason (変更事由)."""
    return is_change() & is_missing(column.name)


def _amends() -> pl.Expr:
    return is_change() | is_correction()


def _in_slot(slot: int) -> list[str]:
    return [slotted(name, slot) for name in SETTLEMENT_ITEMS]


@record_rule("L121", "shipment_flag", code="required")
def lacks_the_shipment_flag(_: Case) -> pl.Expr:
    """Something is said of the shipment (船積情報), but not what is done to it."""
    said = any_of(map(entered, SHIPMENT_ITEMS))
    return _amends() & ~_is_increase() & said & is_missing("shipment_flag")


@record_rule("L122", "shipment_flag", code="required")
def says_nothing_of_the_shipment(_: Case) -> pl.Expr:
    """The shipment is to be modified or added, but nothing is said of it."""
    asked = is_one_of(value("shipment_flag"), (MODIFY, ADD))
    return _amends() & asked & ~any_of(map(entered, SHIPMENT_ITEMS))


@item_rule("L123", lambda column: column.field in _BLOCKS, code="not-allowed-here")
def is_said_of_what_is_deleted(_: Case, column: Column) -> pl.Expr:
    """A block is to be deleted, and yet one of its items is filled."""
    flag = "settlement_flag" if column.slot else "shipment_flag"
    return _amends() & (value(slotted(flag, column.slot)) == DELETE) & entered(column.name)


@settlement_rule("L124", "settlement_flag", code="required")
def lacks_the_settlement_flag(_: Case, slot: int) -> pl.Expr:
    """Something is said of a settlement (決済情報), but not what is done to it."""
    said = any_of(map(entered, _in_slot(slot)))
    return _amends() & ~_is_increase() & said & is_missing(slotted("settlement_flag", slot))


@settlement_rule("L125", "settlement_flag", code="required")
def says_nothing_of_the_settlement(_: Case, slot: int) -> pl.Expr:
    """A settlement is to be modified or added, but nothing is said of it."""
    asked = is_one_of(value(slotted("settlement_flag", slot)), (MODIFY, ADD))
    return _amends() & asked & ~any_of(map(entered, _in_slot(slot)))


def _is_increase() -> pl.Expr:
    return is_increase().fill_null(value=False)


@item_rule("L127", lambda column: column.field not in _OF_A_CANCELLATION, code="not-allowed-here")
def is_ignored_by_a_cancellation(_: Case, column: Column) -> pl.Expr:
    """A cancellation says more than whom it is about."""
    return is_cancellation() & entered(column.name)


@record_rule("L127", "original_branch_number", code="not-allowed-here")
def is_ignored_by_a_correction(_: Case) -> pl.Expr:
    """A correction names an original branch (元枝番), which is what it was."""
    return is_correction() & entered("original_branch_number")


@item_rule("L132", lambda column: column.field not in CLEARABLE, code="not-allowed-here")
def cannot_be_emptied(_: Case, column: Column) -> pl.Expr:
    """The marker `-` stands in an item that a contract cannot be without."""
    return cleared(column.name)
