"""Targets: whether the contract can take the change at all, asked in this order (2110).

Rules L035 (of changes), L101 to L103, L105 to L108, L112 to L114, L118, L134, L135: nothing more
is asked of a request that one of them refuses.

Source: ledger notes §8 (items 5 to 7, 18), §9, A09 to A11, A31, §14; architecture notes §7.28.
"""

import polars as pl

from ..addressing import BRANCH, has_target, is_split, opens_branch
from ..case import Case
from ..cells import CORRECTION, LATE_CORRECTION, blank, filled, value
from ..change_cells import (
    INCREASE,
    cleared,
    is_cancellation,
    is_change,
    is_increase,
    old,
)
from ..partition import POLICY
from ..states import CANCELLED
from .declaring import record_rule

AWAITING_INVOICE = "awaiting-invoice"
"""The code of what will be allowed once the invoice is out, in one way or the other."""

MADE_IN_THIS_FILE = "made-in-this-file"
"""The code of what may be asked once the file that makes it has been taken in."""


def _policy(fact: str) -> pl.Expr:
    return pl.col(f"policy.{fact}")


def _is_known(branch: str) -> pl.Expr:
    return pl.col(f"{branch}.last").is_not_null()


def _is_named() -> pl.Expr:
    """Tell whether the branch (枝番) can be read: of one that cannot, nothing more is asked."""
    return pl.col(BRANCH).is_not_null()


@record_rule("L035", "branch_number", code="duplicate-key")
def is_asked_twice(_: Case) -> pl.Expr:
    """Two requests of one type are about the same branch: neither can be the first."""
    return pl.col(BRANCH).is_not_null() & (pl.len().over(POLICY, BRANCH) > 1)


@record_rule("L101", "serial_number", code="unknown-reference")
def is_no_contract(_: Case) -> pl.Expr:
    """The holder has no contract of that number (証券番号)."""
    return _policy("applicant").is_null()


@record_rule("L102", "branch_number", code="unknown-reference")
def is_no_branch(_: Case) -> pl.Expr:
    """A branch (枝番) is to be corrected or cancelled that there is not."""
    return ~is_change() & _is_named() & ~_is_known("branch")


@record_rule("L103", "history_number", code="unknown-reference")
def is_no_history(_: Case) -> pl.Expr:
    """A history (履歴番号) is to be corrected or cancelled that there is not."""
    return ~is_change() & _is_named() & filled("history_number") & ~has_target()


@record_rule("L103", "history_number", code=MADE_IN_THIS_FILE)
def is_made_in_this_file(_: Case) -> pl.Expr:
    """A history is to be corrected or cancelled that this very file makes what it is."""
    return ~is_change() & has_target() & old("upload_id").is_null()


def _is_early() -> pl.Expr:
    return (value("processing_type") == CORRECTION) | is_cancellation()


def _is_late_correction() -> pl.Expr:
    return value("processing_type") == LATE_CORRECTION


@record_rule("L105", "processing_type", code="not-allowed-here")
def is_too_late(_: Case) -> pl.Expr:
    """修正 or 取消 after the premium invoice."""
    return _is_early() & old("invoiced") & ~old("awaiting_invoice")


@record_rule("L105", "processing_type", code=AWAITING_INVOICE)
def comes_between(_: Case) -> pl.Expr:
    """修正 or 取消 of what is final, and whose invoice is on its way."""
    return _is_early() & old("awaiting_invoice")


@record_rule("L106", "processing_type", code="not-allowed-here")
def is_too_early(_: Case) -> pl.Expr:
    """訂正内変 before the premium invoice."""
    return _is_late_correction() & ~old("invoiced") & ~old("awaiting_invoice")


@record_rule("L106", "processing_type", code=AWAITING_INVOICE)
def comes_just_before(_: Case) -> pl.Expr:
    """訂正内変 of what is final, and whose invoice is on its way."""
    return _is_late_correction() & old("awaiting_invoice")


@record_rule("L107", "serial_number", code="not-allowed-here")
def has_errors(_: Case) -> pl.Expr:
    """A change of a contract that has an error which was not corrected yet."""
    return is_change() & _policy("is_marked")


@record_rule("L108", "serial_number", code="not-final-yet")
def is_not_final(_: Case) -> pl.Expr:
    """A change of a contract whose new application is not final (確定) yet."""
    return is_change() & ~_policy("is_marked") & ~_policy("is_final")


@record_rule("L112", "original_branch_number", code="required")
def lacks_the_original(_: Case) -> pl.Expr:
    """A new branch is no increase, and does not say of which one it is a part."""
    unsaid = blank("original_branch_number") & ~cleared("original_branch_number")
    return opens_branch() & _is_named() & (value("change_reason") != INCREASE) & unsaid


@record_rule("L113", "original_branch_number", code="unknown-reference")
def is_no_original(_: Case) -> pl.Expr:
    """There is no such original branch (元枝番)."""
    return opens_branch() & filled("original_branch_number") & ~_is_known("original")


@record_rule("L114", "original_branch_number", code="not-allowed-here")
def is_no_new_branch(_: Case) -> pl.Expr:
    """An original branch is named for a branch that is in use."""
    return is_change() & _is_known("branch") & filled("original_branch_number")


@record_rule("L118", "branch_number", code="not-allowed-here")
def raises_a_branch(_: Case) -> pl.Expr:
    """An increase (増額) of a branch that is in use."""
    return is_increase() & _is_known("branch")


@record_rule("L134", "serial_number", code="not-allowed-here")
def is_over(_: Case) -> pl.Expr:
    """The contract or the branch is cancelled or reduced to zero (取消し, 0円減額)."""
    original = is_split() & ~pl.col("original.is_active")
    branch = _is_known("branch") & ~pl.col("branch.is_active")
    return ~_policy("is_active") | branch | original.fill_null(value=False)


@record_rule("L134", "history_number", code="not-allowed-here")
def is_cancelled(_: Case) -> pl.Expr:
    """The history is cancelled."""
    return ~is_change() & (old("status") == CANCELLED)


@record_rule("L135", "history_number", code="not-allowed-here")
def is_not_the_latest(_: Case) -> pl.Expr:
    """A history is to be cancelled on which later ones build."""
    return is_cancellation() & (old("history_number") != pl.col("branch.latest"))


@record_rule("L135", "history_number", code="not-allowed-here")
def is_only_a_part(_: Case) -> pl.Expr:
    """Only some of the rows that one change made are to be cancelled (枝分け)."""
    together = pl.len().over(POLICY, old("first_upload_id"), old("change_set"))
    return is_cancellation() & (together < old("change_set_rows"))
