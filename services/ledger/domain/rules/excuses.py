"""Excuses: where a rule of content has nothing to say of the state that would result of a change.

Source: ledger notes §10.1 (zero amounts under reason 02), §14 (notes to L020, L063 to L065).
"""

from collections.abc import Callable, Mapping

import polars as pl

from ..cells import any_of
from ..change_cells import REDUCTION, is_change, is_changed, is_increase, new
from ..layout import NEW_APPLICATIONS_EXTENDED, slotted
from ..states import INSURED_AMOUNTS
from .requests import is_missing


def keeps_principal(_: str) -> pl.Expr:
    """An insured amount changes, but the contract amount stays what it was (L136)."""
    amends = is_change() & ~is_increase()
    return amends & any_of(map(is_changed, INSURED_AMOUNTS)) & is_missing("contract_principal")


def is_reduction(_: str) -> pl.Expr:
    """A reduction (減額) may leave nothing."""
    return new("change_reason") == REDUCTION


def is_kept(item: str) -> pl.Expr:
    """The party is covered already."""
    return ~is_changed(item)


def settles_nothing(_: str) -> pl.Expr:
    """An increase (増額) names no settlement: that it lacks one L110 tells, like L020 elsewhere."""
    slots = NEW_APPLICATIONS_EXTENDED.every_slot
    principals = (new(slotted("settlement_principal", slot)).is_not_null() for slot in slots)
    return is_increase() & ~any_of(principals)


EXCUSES: Mapping[str, Callable[[str], pl.Expr]] = {
    "L060": settles_nothing,
    "L063": settles_nothing,
    "L064": keeps_principal,
    "L065": keeps_principal,
    "L066": is_reduction,
    "L140": is_kept,
}
"""Whether a rule is not meant, told by the item at fault."""
