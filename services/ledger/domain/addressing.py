"""Addressing: which state of which contract a change is about (対象の履歴)."""

import polars as pl

from .cells import CHANGE, blank, text, value
from .change_cells import INCREASE, is_cancellation, is_change, is_increase
from .partition import FIRST_BRANCH, POLICY
from .states import ACTIVE, CANCELLED, FIRST_HISTORY, NEW_APPLICATION

BRANCH = "branch"

SET = (POLICY, "changed_branch")
"""What tells a change set: the rows that change a branch and split others off it (枝分け)."""

_KEY = (POLICY, "branch_number", "history_number")


def with_addressed(requests: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Find for each request the state it addresses, and what is known of policy and branch.

    A change builds on the latest state of its branch, a split on that of the original branch, an
    increase on nothing. Corrections and cancellations name their history; a correction that names
    none means the latest.

    Shape:  adds `branch` (blank is 00), `policy.*`, `branch.*` and `original.*` as in `_policies`
            and `_branches`; `source`, the branch that is built on, and `changed_branch`, that one
            or else the branch itself; `*.old` for each column of `states.SCHEMA` and of
            `_with_change_sets`. All are null where nothing is found.
    Source: ledger notes §8 (items 6, 7, 18), §10.1, A10, A11.
    """
    branches = _branches(known)
    found = (
        requests.with_columns(_branch().alias(BRANCH))
        .pipe(_join, _policies(known, branches), "policy", {POLICY: POLICY})
        .pipe(_join, branches, "branch", {POLICY: POLICY, BRANCH: "branch_number"})
        .pipe(
            _join,
            branches,
            "original",
            {POLICY: POLICY, "original_branch_number.value": "branch_number"},
        )
        .with_columns(source=_source(), history=_history())
        .with_columns(changed_branch=pl.coalesce("source", BRANCH))
    )
    on = dict(zip((POLICY, "source", "history"), _KEY, strict=True))
    states = _with_change_sets(known)
    states = states.rename({name: f"{name}.old" for name in states.columns})
    return found.join(
        states,
        left_on=list(on),
        right_on=[f"{name}.old" for name in on.values()],
        how="left",
        coalesce=False,
        maintain_order="left",
    )


def opens_branch() -> pl.Expr:
    """Tell the changes whose branch is not in use yet."""
    return is_change() & pl.col("branch.last").is_null()


def is_split() -> pl.Expr:
    """Tell the rows that split a branch off another one (枝分け)."""
    return opens_branch() & ~is_increase()


def has_target() -> pl.Expr:
    """Tell whether the state that a request addresses was found."""
    return pl.col("revision.old").is_not_null()


def has_ground() -> pl.Expr:
    """Tell whether it is known what a request builds on, if on anything."""
    return has_target() | (opens_branch() & is_increase())


def _branch() -> pl.Expr:
    only = pl.when(blank("branch_number")).then(pl.lit(FIRST_BRANCH))
    return only.otherwise(value("branch_number"))


def _source() -> pl.Expr:
    of_its_own = ~is_change() | pl.col("branch.last").is_not_null()
    is_part = value("change_reason") != INCREASE
    original = pl.when(is_part).then(value("original_branch_number"))
    return pl.when(of_its_own).then(pl.col(BRANCH)).otherwise(original)


def _history() -> pl.Expr:
    latest = pl.coalesce("branch.latest", "original.latest")
    names_it = is_cancellation() | text("history_number").is_not_null()
    return pl.when(~is_change() & names_it).then(value("history_number")).otherwise(latest)


def _branches(known: pl.DataFrame) -> pl.DataFrame:
    """Sum up branches: the last number used, the latest state that is not cancelled."""
    holds = pl.col("status") != CANCELLED
    number = pl.col("history_number")
    return known.group_by(POLICY, "branch_number").agg(
        last=number.max(),
        latest=number.filter(holds).max(),
        is_active=(
            pl.col("status").filter(holds).sort_by(number.filter(holds)).last() == ACTIVE
        ).fill_null(value=False),
    )


def _policies(known: pl.DataFrame, branches: pl.DataFrame) -> pl.DataFrame:
    """Sum up policies: whose they are, what stands in the way of changes, their last branch."""
    holds = pl.col("status") != CANCELLED
    is_new = pl.col("processing_type") == NEW_APPLICATION
    facts = known.group_by(POLICY).agg(
        applicant=pl.col("applicant_code").first(),
        is_marked=(pl.col("marked") & holds).any(),
        is_final=(pl.col("finalised") | ~is_new | ~holds).all(),
        last_branch=pl.col("branch_number").cast(pl.Int16).max(),
    )
    return facts.join(branches.group_by(POLICY).agg(is_active=pl.col("is_active").any()), on=POLICY)


def _with_change_sets(known: pl.DataFrame) -> pl.DataFrame:
    """Tell which histories one change made: those of a branch and of what it split off (枝分け).

    Shape: adds `change_set`, the branch that was split, and `change_set_rows`, how many of the
           histories it made are not cancelled; histories of one upload and set belong together.
    """
    is_part = (pl.col("history_number") == FIRST_HISTORY) & (pl.col("change_reason") != INCREASE)
    split = pl.coalesce(pl.when(is_part).then("original_branch_number"), "branch_number")
    of_a_change = pl.when(pl.col("processing_type") == CHANGE)
    known = known.with_columns(change_set=of_a_change.then(split))
    rows = (pl.col("status") != CANCELLED).sum().over(POLICY, "first_upload_id", "change_set")
    return known.with_columns(change_set_rows=of_a_change.then(rows))


def _join(
    requests: pl.DataFrame, facts: pl.DataFrame, prefix: str, on: dict[str, str]
) -> pl.DataFrame:
    named = {name: f"{prefix}.{name}" for name in facts.columns if name not in on.values()}
    return requests.join(
        facts.rename(named),
        left_on=list(on),
        right_on=list(on.values()),
        how="left",
        maintain_order="left",
    )
