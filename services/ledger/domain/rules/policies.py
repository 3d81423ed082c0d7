"""Rows of one policy, one against the other (L035-L037, L082, L085).

Asked only of records that belong to others, or say so; one whose policy number is broken belongs
to none.

Source: ledger notes §6 (branch), §7 (item 5), A17, §14.
"""

import polars as pl

from ..case import Case
from ..cells import blank, filled, value
from ..layout import Column
from ..partition import FIRST_BRANCH, POLICY, POLICY_ITEMS
from .declaring import item_rule, named, record_rule


def needs_a_look() -> pl.Expr:
    """Tell which records can have a finding of this theme at all."""
    whole = pl.all_horizontal(map(filled, POLICY_ITEMS))
    return whole & (pl.col(POLICY).is_duplicated() | (value("branch_number") != FIRST_BRANCH))


def _repeats(branch: pl.Expr) -> pl.Expr:
    return branch.is_not_null() & (pl.len().over(POLICY, branch) > 1)


@record_rule("L035", "branch_number", code="duplicate-key")
def is_the_same_branch(_: Case) -> pl.Expr:
    """Two rows of a policy have the same branch number (枝番)."""
    return _repeats(value("branch_number"))


@record_rule("L036", "branch_number", code="out-of-range")
def is_out_of_order(_: Case) -> pl.Expr:
    """The branches of a policy are not 00, 01, 02 … in the order of its rows."""
    place = pl.int_range(pl.len()).over(POLICY).cast(pl.String).str.zfill(2)
    misplaced = blank("branch_number") | (value("branch_number") != place)
    return misplaced & ~_repeats(value("branch_number")).any().over(POLICY)


@item_rule(
    "L037",
    named(
        "applicant_code", "application_date", "contract_form", "contract_date", "contract_number"
    ),
    code="not-allowed-here",
)
def differs_from_the_first(_: Case, column: Column) -> pl.Expr:
    """An item of the contract is not what the first row of the policy says."""
    return value(column.name) != value(column.name).drop_nulls().first().over(POLICY)


def _several(party: pl.Expr) -> pl.Expr:
    return party.drop_nulls().n_unique().over(POLICY) > 1


@record_rule("L082", "payer_code", code="not-allowed-here")
def has_several_payers(_: Case) -> pl.Expr:
    """The rows of a policy name several payers, which needs documents."""
    return _several(value("payer_code"))


@record_rule("L082", "sales_counterparty_code", code="not-allowed-here")
def has_several_counterparties(_: Case) -> pl.Expr:
    """The rows of a policy name several counterparties, which needs documents."""
    by_default = pl.when(blank("sales_counterparty_code")).then(value("payer_code"))
    counterparty = by_default.otherwise(value("sales_counterparty_code"))
    return _several(counterparty) & ~_several(value("payer_code"))


@record_rule("L085", "currency_code", code="not-allowed-here")
def has_several_currencies(_: Case) -> pl.Expr:
    """The rows of a policy are in several currencies."""
    return _several(value("currency_code"))
