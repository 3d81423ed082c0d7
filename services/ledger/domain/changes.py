"""Changes (内容変更・訂正・取消): rows of text become histories, judged against what is known.

Rows of one policy and processing type stand or fall together. Those of several types are carried
out in the order in which the types first come in the file, so that a change builds on a
correction that stands before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from . import rules
from .addressing import has_ground, with_addressed
from .asking import (
    Ruling,
    among_others,
    are_at,
    ask,
    ask_in_turn,
    companions,
    is_error,
    positions_of,
)
from .case import Case
from .cells import filled, with_values
from .change_cells import is_cancellation, with_marks_read
from .layout import CHANGES_EXTENDED
from .overlay import with_results
from .partition import POLICY, POLICY_ITEMS
from .report import Verdict
from .resulting import as_records, histories, known_after
from .rules import syntax
from .significance import with_significance

_GROUP = (POLICY, "processing_type.value")


def judge_changes(rows: pl.DataFrame, case: Case) -> Ruling:
    """Judge changes: rows as read and numbered, every policy complete, its states in the register.

    Source: ledger notes §5.7, §9, §10.
    """
    wide = replace(case, layout=CHANGES_EXTENDED)
    sent = _extended(rows).with_row_index("position")
    requests = with_values(with_marks_read(sent, wide.layout), wide.layout, case.register)
    wanting = requests.filter(syntax.needs_a_look(requests, case))
    verdicts = [*ask(rules.SYNTAX, wanting, case), *ask(rules.REQUEST, requests, case)]
    known, results = case.register.states, []
    for step in _steps(requests):
        found, accepted = _carry_out(step, known, wide, _refused(verdicts, case))
        verdicts += found
        results.append(accepted)
        known = known_after(known, accepted)
    errors = [found for found in verdicts if is_error(found, case)]
    refused = positions_of(errors)
    warnings = [among_others(found, refused) for found in verdicts if not is_error(found, case)]
    return Ruling(sent, errors, warnings, pl.concat(results).sort("row"), case.register.delays)


def _extended(rows: pl.DataFrame) -> pl.DataFrame:
    """Give rows of the sheet for two settlements the columns of five."""
    missing = (name for name in CHANGES_EXTENDED.names if name not in rows.columns)
    return rows.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)


def _steps(requests: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Take requests in steps: of each policy first all of the type that comes first in the file."""
    whole = requests.filter(pl.all_horizontal(map(filled, (*POLICY_ITEMS, "processing_type"))))
    begins = pl.col("position").min().over(_GROUP)
    turns = whole.select(begins.rank("dense").over(POLICY)).to_series()
    for turn in range(1, max(turns.n_unique(), 1) + 1):
        yield whole.filter(turns == turn)


def _carry_out(
    step: pl.DataFrame, known: pl.DataFrame, case: Case, refused: pl.Series
) -> tuple[list[Verdict], pl.DataFrame]:
    """Judge one step by what is known, and give the histories that result of what is accepted."""
    addressed = with_addressed(step, known)
    verdicts = list(ask_in_turn(rules.TARGET, addressed, case))
    stopped = _refused(verdicts, case)
    founded = addressed.filter(has_ground() & ~are_at(stopped))
    changes = with_significance(with_results(founded, case.register), known, case)
    verdicts += ask(rules.AMENDMENT, changes, case)
    verdicts += _found_of_results(changes, case)
    refused = pl.concat([refused, _refused(verdicts, case)])
    verdicts += ask(rules.EFFECT, changes.filter(~are_at(refused)), case)
    refused = pl.concat([refused, _refused(verdicts, case)])
    fallen = companions(step, refused, *_GROUP)
    accepted = changes.filter(~are_at(refused), ~are_at(fallen.positions))
    return [*verdicts, fallen], histories(accepted)


def _found_of_results(changes: pl.DataFrame, case: Case) -> Iterator[Verdict]:
    """Ask the rules of content of the states that would result."""
    records = as_records(changes.filter(~is_cancellation()), case.register)
    for found in ask(rules.RESULT, records, case):
        excuse = rules.EXCUSES.get(found.check.rule)
        if excuse is None:
            yield found
        else:
            excused = changes.filter(excuse(found.check.items[0]))["position"]
            yield among_others(found, excused)


def _refused(verdicts: Iterable[Verdict], case: Case) -> pl.Series:
    return positions_of(found for found in verdicts if is_error(found, case))
