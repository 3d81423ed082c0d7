"""Guarantees of payment, above all letters of credit (L044-L047).

Source: ledger notes §7 (items 26, 27, 36, 37), A24, §14.
"""

import polars as pl

from ..case import Case
from ..cells import blank, filled, value
from ..layout import Column, slotted
from .declaring import item_rule, named, settlement_rule
from .settlements import method_is

ILC = "90"
"""The guarantee code of an irrevocable letter of credit. Source: code table payment_guarantees."""

_guarantor_items = named("guarantee_country", "guarantor_code")


def _is_by_ilc(slot: int) -> pl.Expr:
    return value(slotted("payment_guarantee_code", slot)) == ILC


def _has_ilc(case: Case) -> pl.Expr:
    return pl.any_horizontal(map(_is_by_ilc, case.layout.every_slot))


@item_rule("L044", _guarantor_items, code="required")
def lacks_guarantor(case: Case, column: Column) -> pl.Expr:
    """A settlement by ILC without the issuing bank or its country."""
    return _has_ilc(case) & blank(column.name)


@item_rule("L045", _guarantor_items, code="not-allowed-here")
def has_needless_guarantor(case: Case, column: Column) -> pl.Expr:
    """A bank or its country, although no settlement is by ILC."""
    return filled(column.name) & ~_has_ilc(case).fill_null(value=False)


@settlement_rule("L046", "payment_guarantee_code", "settlement_method", code="not-allowed-here")
def is_ilc_without_lc(case: Case, slot: int) -> pl.Expr:
    """An ILC guarantees a settlement that is not by letter of credit."""
    return _is_by_ilc(slot) & ~method_is(case, slot, is_lc="Y")


@settlement_rule("L047", "payment_guarantee_code", code="required")
def is_lc_without_guarantee(case: Case, slot: int) -> pl.Expr:
    """A settlement by letter of credit names no guarantee."""
    return method_is(case, slot, is_lc="Y") & blank(slotted("payment_guarantee_code", slot))
