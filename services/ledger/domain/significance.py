"""Significant changes (重大な変更): which changes must be notified, and until when.

Source: ledger notes §11 (manual p.134, table 3), A29; the items are numbered as there.
"""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from .addressing import has_target
from .case import Case
from .cells import any_of, is_one_of, value
from .change_cells import is_change, is_changed, new, old
from .declared import first_dues, last_due
from .increases import is_large, with_increases
from .layout import EVERY_SLOT, slotted
from .partition import POLICY

MILESTONES = ("73", "75", "76")
"""Methods of payment by milestones (マイルストーンペイメント). Source: ledger notes §11 item 4."""

_TERMS_OF_A_SETTLEMENT = (
    "settlement_method",
    "payment_guarantee_code",
    "usance_unit",
    "usance_period",
)


def with_significance(changes: pl.DataFrame, known: pl.DataFrame, case: Case) -> pl.DataFrame:
    """Tell which changes are significant, and until when they were to be notified.

    That is so many months after the change, and so many after what was first declared was due.

    Shape: adds `significant_items`, `is_significant`, `notify_by` (only of significant ones),
           `late_notification`; `told_until` and `cover_until` are the two limits.
    """
    terms = case.terms
    month = f"{terms.notification_months}mo"
    own_due = last_due(new, terms.cover_days)
    found = (
        changes.join(
            first_dues(known, terms.cover_days),
            left_on=[POLICY, "source"],
            right_on=[POLICY, "branch_number"],
            how="left",
            maintain_order="left",
        )
        .pipe(with_increases, known, case)
        .with_columns(
            significant_items=_items(case),
            told_until=value("contract_change_date").dt.offset_by(month),
            cover_until=pl.coalesce("first_due", own_due).dt.offset_by(month),
        )
        .with_columns(is_significant=pl.col("significant_items").list.len() > 0)
    )
    limit = pl.min_horizontal("told_until", "cover_until")
    return found.with_columns(
        notify_by=pl.when("is_significant").then(limit),
        late_notification=pl.col("is_significant") & (limit < pl.lit(case.received_on)),
    )


def _is_shipped_later(case: Case) -> pl.Expr:
    """Item 1: the last shipment is postponed by more than so many months."""
    return _is_later("last_shipment_date", case.terms.shipment_postponement_months)


def _has_other_terms(case: Case) -> pl.Expr:
    """Item 2: other terms of settlement, a later due date among them, or another currency."""
    others = (slotted(name, slot) for name in _TERMS_OF_A_SETTLEMENT for slot in EVERY_SLOT)
    special = (*_methods(case, is_retention="Y"), *MILESTONES)
    ordinary = set(_methods(case, input_method="original_due_date")) - set(special)
    changed = map(is_changed, ("currency_code", *others))
    return any_of([*changed, _is_due_later(sorted(ordinary), 0)])


def _is_retained_longer(case: Case) -> pl.Expr:
    """Item 3: a retention (リテンション) is due later by more than so many months."""
    months = case.terms.retention_postponement_months
    return _is_due_later(_methods(case, is_retention="Y"), months)


def _has_later_milestones(case: Case) -> pl.Expr:
    """Item 4: a milestone is due later by more than so many months."""
    return _is_due_later(MILESTONES, case.terms.milestone_postponement_months)


def _has_other_parties(_: Case) -> pl.Expr:
    """Item 5: another counterparty or payer, or another bank in the place of the guarantor."""
    parties = map(is_changed, ("sales_counterparty_code", "payer_code"))
    return any_of([*parties, _is_replaced("guarantor_code")])


def _has_other_countries(_: Case) -> pl.Expr:
    """Item 6: another destination or country of payment, or another one of the guarantor."""
    countries = map(is_changed, ("destination_country", "payment_country"))
    return any_of([*countries, _is_replaced("guarantee_country")])


def _has_other_goods(_: Case) -> pl.Expr:
    """Item 7: other goods."""
    return is_changed("goods_hs_code")


_ALTERATIONS: Mapping[int, Callable[[Case], pl.Expr]] = {
    1: _is_shipped_later,
    2: _has_other_terms,
    3: _is_retained_longer,
    4: _has_later_milestones,
    5: _has_other_parties,
    6: _has_other_countries,
    7: _has_other_goods,
}


def _items(case: Case) -> pl.Expr:
    alters = is_change() & has_target()
    found = {number: alters & is_so(case) for number, is_so in _ALTERATIONS.items()}
    found[8] = is_large(case)
    numbers = (pl.when(is_so).then(pl.lit(number, pl.Int64)) for number, is_so in found.items())
    return pl.concat_list(list(numbers)).list.drop_nulls()


def _is_later(name: str, months: int) -> pl.Expr:
    return new(name) > old(name).dt.offset_by(f"{months}mo")


def _is_due_later(methods: Sequence[str], months: int) -> pl.Expr:
    return any_of(
        is_one_of(new(slotted("settlement_method", slot)), methods)
        & _is_later(slotted("due_date", slot), months)
        for slot in EVERY_SLOT
    )


def _is_replaced(name: str) -> pl.Expr:
    """Tell whether a bank or its country gives way to another; to none is another matter."""
    return new(name) != old(name)


def _methods(case: Case, **attributes: str) -> list[str]:
    return case.register.tables["settlement_methods"].codes(**attributes)
