"""Amendments: what a change does to the state it addresses (2110).

Rules L110, L111, L115, L119, L126, L136, L137, L139.

Source: ledger notes §8, §10, A10, A13, A15, §14.
"""

import polars as pl

from ..addressing import opens_branch
from ..case import Case
from ..cells import ADD, DELETE, any_of, value
from ..change_cells import (
    CURRENCY_CHANGE,
    entered,
    is_cancellation,
    is_change,
    is_for,
    is_increase,
    new,
    old,
)
from ..layout import Column, slotted
from ..partition import POLICY
from ..states import SETTLEMENT_ITEMS
from .declaring import item_rule, named, record_rule, settlement_rule
from .excuses import keeps_principal
from .requests import is_missing
from .settlements import ADVANCE_PAYMENT

NEEDED_ANEW = (
    "contract_form",
    "contract_date",
    "contract_number",
    "contract_principal",
    "currency_code",
    "goods_hs_code",
    "delivery_terms",
    "destination_country",
    "payment_country",
    "payer_code",
    "last_shipment_date",
    "pre_shipment_amount",
)
_LAST_NUMBER = 99


@item_rule("L110", named(*NEEDED_ANEW), code="required")
def lacks_what_is_new(_: Case, column: Column) -> pl.Expr:
    """An increase leaves an item blank that a new application needs."""
    return is_increase() & is_missing(column.name)


@record_rule("L110", "settlement_method", code="required")
def settles_nothing(case: Case) -> pl.Expr:
    """An increase names no settlement at all."""
    names = (slotted(name, slot) for name in SETTLEMENT_ITEMS for slot in case.layout.every_slot)
    return is_increase() & ~any_of(map(entered, names))


def _next_number() -> pl.Expr:
    following = pl.col("branch.last").cast(pl.Int16) + 1
    return pl.when(opens_branch()).then(0).otherwise(following)


@record_rule(
    "L111",
    "history_number",
    code="out-of-range",
    expected=_next_number().cast(pl.String).str.zfill(2),
)
def is_not_the_next(_: Case) -> pl.Expr:
    """The history a change makes is not numbered as the next one of its branch (履歴番号)."""
    given = value("history_number").cast(pl.Int16)
    return is_change() & ((given != _next_number()) | (_next_number() > _LAST_NUMBER))


@record_rule("L115", "branch_number", code="out-of-range")
def leaves_numbers_out(_: Case) -> pl.Expr:
    """A new branch does not have the next number that is free (枝番)."""
    place = opens_branch().cum_sum().over(POLICY)
    following = pl.col("policy.last_branch") + place
    return opens_branch() & (value("branch_number").cast(pl.Int16) != following)


def _pays_in_advance(case: Case) -> pl.Expr:
    methods = (new(slotted("settlement_method", slot)) for slot in case.layout.every_slot)
    return any_of(method == ADVANCE_PAYMENT for method in methods).fill_null(value=False)


@item_rule("L119", named("currency_code", "pre_shipment_amount"), code="required")
def is_not_restated(_: Case, column: Column) -> pl.Expr:
    """The currency (通貨) changes, but the item is left as it was."""
    return is_for(CURRENCY_CHANGE) & is_missing(column.name)


@record_rule("L119", "post_shipment_amount", code="required")
def is_not_restated_after_shipment(case: Case) -> pl.Expr:
    """The currency changes, but not the amount that is due after shipment."""
    is_due = ~_pays_in_advance(case)
    return is_for(CURRENCY_CHANGE) & is_missing("post_shipment_amount") & is_due


@settlement_rule("L119", "settlement_principal", code="required")
def is_not_settled_anew(_: Case, slot: int) -> pl.Expr:
    """The currency changes, but not the principal of a settlement."""
    settles = new(slotted("settlement_method", slot)) != ADVANCE_PAYMENT
    return is_for(CURRENCY_CHANGE) & settles & is_missing(slotted("settlement_principal", slot))


@record_rule("L126", "shipment_flag", code="not-allowed-here")
def does_not_fit_the_shipment(_: Case) -> pl.Expr:
    """A shipment is added where there is one, or modified where there is none."""
    adds = value("shipment_flag") == ADD
    return ~is_cancellation() & pl.when(is_increase()).then(~adds).otherwise(adds)


@settlement_rule("L126", "settlement_flag", code="not-allowed-here")
def does_not_fit_the_slot(_: Case, slot: int) -> pl.Expr:
    """A settlement is added to a used slot (決済欄), or modified in an empty one."""
    adds = value(slotted("settlement_flag", slot)) == ADD
    is_there = old(slotted("settlement_method", slot)).is_not_null()
    return ~is_cancellation() & pl.when(is_there).then(adds).otherwise(~adds)


@record_rule("L136", "contract_principal", code="required")
def is_silent_on_the_principal(_: Case) -> pl.Expr:
    """An insured amount changes, but the contract amount (輸出契約等元本) is not restated."""
    return keeps_principal("contract_principal")


@record_rule("L137", "applicant_code", code="not-allowed-here")
def is_another_applicant(_: Case) -> pl.Expr:
    """The applicant (申込者) is not that of the policy."""
    return value("applicant_code") != pl.col("policy.applicant")


@record_rule("L139", "shipment_flag", "settlement_flag", code="not-allowed-here")
def leaves_settlements(case: Case) -> pl.Expr:
    """The shipment is deleted, but something is still to be settled."""
    methods = (new(slotted("settlement_method", slot)) for slot in case.layout.every_slot)
    settled = any_of(method.is_not_null() for method in methods)
    return (value("shipment_flag") == DELETE) & settled & ~is_cancellation()
