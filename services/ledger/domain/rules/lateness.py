"""Lateness of a new application (申込遅滞), the gravest of three degrees (L056-L058).

The day of receipt is one for the whole file. So each limit is turned round: not "is it late?" of
every row, but once "up to which day is a contract late today?".

Source: ledger notes §2 and A25, §14.
"""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from libs.common.dates import add_months, month_end

from ..case import Case
from ..cells import blank, value
from .declaring import record_rule


@record_rule("L056", "contract_date", code="out-of-range")
def is_after_the_deadline(case: Case) -> pl.Expr:
    """Received after the end of the month after that of the conclusion."""
    return _missed_deadline(case) & ~_needs_explanation(case) & ~is_significantly_late(case)


@record_rule("L057", "contract_date", "effective_date", code="out-of-range")
def may_need_explanation(case: Case) -> pl.Expr:
    """Received more than two months after the contract took effect (理由書)."""
    return _needs_explanation(case) & ~is_significantly_late(case)


@record_rule("L058", "contract_date", "effective_date", code="out-of-range")
def is_significant_delay(case: Case) -> pl.Expr:
    """Received three months or more after the contract took effect (著しい遅滞)."""
    return is_significantly_late(case)


def is_significantly_late(case: Case) -> pl.Expr:
    """Tell which applications count as a significant delay of their holder."""
    months, today = case.terms.significant_delay_months, case.received_on
    return _began() <= _latest(today, months, lambda due: due <= today)


def _needs_explanation(case: Case) -> pl.Expr:
    months, today = case.terms.explanation_months, case.received_on
    return _began() <= _latest(today, months, lambda due: due < today)


def _missed_deadline(case: Case) -> pl.Expr:
    months, today = case.terms.deadline_months, case.received_on
    return value("contract_date") <= _latest(today, months, lambda due: month_end(due) < today)


def _began() -> pl.Expr:
    without_condition = pl.when(blank("effective_date")).then(value("contract_date"))
    return without_condition.otherwise(value("effective_date"))


def _latest(today: date, months: int, is_over: Callable[[date], bool]) -> pl.Expr:
    """Find the last day from which so many months are over today."""
    # Three days on, because the last days of a long month all end with a short one.
    day = add_months(today, -months) + timedelta(days=3)
    while not is_over(add_months(day, months)):
        day -= timedelta(days=1)
    return pl.lit(day)
