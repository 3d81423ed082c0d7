"""Change sets: the rows of one file that change a branch and split others off it (2110).

Rules L116, L117, L129. Increases are sets of their own.

Source: ledger notes §10.4 to §10.6, §14.
"""

from collections.abc import Mapping
from functools import cache

import polars as pl

from .. import shipped
from ..addressing import SET, opens_branch
from ..case import Case
from ..cells import any_of, is_one_of, value
from ..change_cells import (
    CURRENCY_CHANGE,
    INCREASE,
    OTHER_REASON,
    REDUCTION,
    is_change,
    is_changed,
    is_clear,
    is_for,
    is_increase,
    new,
    old,
)
from ..layout import CHANGES_EXTENDED
from ..states import INSURED_AMOUNTS
from .declaring import named, record_rule

_FREE_TO_DIFFER = (INCREASE, REDUCTION, CURRENCY_CHANGE, OTHER_REASON)


def _total_after(name: str) -> pl.Expr:
    """Add an amount up over a set; a branch that is split and not restated keeps all of its own."""
    is_left = opens_branch().all().over(SET)
    kept = pl.when(is_left).then(_total_before(name)).otherwise(0)
    return new(name).fill_null(0).sum().over(SET) + kept


def _total_before(name: str) -> pl.Expr:
    """Take an amount of the branch that a set changes; in advance payment there is none."""
    return old(name).fill_null(0)


def _is_known(name: str) -> pl.Expr:
    return is_clear(CHANGES_EXTENDED[name]).all().over(SET)


def _has_one_reason() -> pl.Expr:
    return value("change_reason").drop_nulls().n_unique().over(SET) <= 1


@record_rule("L116", *INSURED_AMOUNTS, code="sum-mismatch")
def alters_the_total(_: Case) -> pl.Expr:
    """The parts do not add up to the whole, or are changed for different reasons (枝分け)."""
    keeps_totals = ~is_one_of(value("change_reason"), _FREE_TO_DIFFER)
    differs = any_of(
        _is_known(name) & (_total_after(name) != _total_before(name)) for name in INSURED_AMOUNTS
    )
    return is_change() & ~is_increase() & ((keeps_totals & differs) | ~_has_one_reason())


@record_rule("L117", *INSURED_AMOUNTS, code="out-of-range")
def does_not_fall(_: Case) -> pl.Expr:
    """A reduction (減額) reduces nothing, or raises one of the amounts."""
    rises = any_of(_total_after(name) > _total_before(name) for name in INSURED_AMOUNTS)
    falls = any_of(_total_after(name) < _total_before(name) for name in INSURED_AMOUNTS)
    known = pl.all_horizontal(map(_is_known, INSURED_AMOUNTS))
    return is_for(REDUCTION) & _has_one_reason() & known & (rises | ~falls)


@cache
def _items_of_reasons() -> Mapping[str, tuple[str, ...]]:
    """Read which items belong to which reason (変更事由)."""
    return {row["reason"]: tuple(row["fields"].split(";")) for row in shipped.rows("reason_items")}


def _fits(reason: str, fields: tuple[str, ...]) -> pl.Expr:
    columns = CHANGES_EXTENDED.where(named(*fields))
    return is_for(reason) & any_of(is_changed(column.name) for column in columns)


@record_rule("L129", "change_reason", code="not-allowed-here")
def is_another_reason(_: Case) -> pl.Expr:
    """Nothing changes that belongs to the reason which is given (変更事由)."""
    reasons = _items_of_reasons()
    fits = any_of(_fits(reason, fields) for reason, fields in reasons.items())
    is_listed = is_one_of(value("change_reason"), list(reasons))
    return is_change() & is_listed & ~fits.fill_null(value=False).any().over(SET)
