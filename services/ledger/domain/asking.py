"""Asking: rules are put to frames of records, and what they find is sorted by how grave it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from .case import Case
from .findings import Severity
from .report import Verdict
from .rules.declaring import Check, Rule

_COMPANION = Check("L133", "not-allowed-here", (), pl.lit(value=True))


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided of the rows of one part, before it is told.

    Shape: `records` as sent, with the `position` that verdicts speak of; `accepted` and `delays`
           as in `judging.Judgement`.
    """

    records: pl.DataFrame
    errors: Sequence[Verdict]
    warnings: Sequence[Verdict]
    accepted: pl.DataFrame
    delays: Mapping[str, int]


def ask(questions: Iterable[Rule], records: pl.DataFrame, case: Case) -> Iterator[Verdict]:
    """Ask rules of records, all at once."""
    if records.is_empty():
        return
    checks = [check for rule in questions for check in rule.ask(case)]
    answers = records.select(check.fault.alias(str(n)) for n, check in enumerate(checks))
    for check, faults in zip(checks, answers, strict=True):
        if faults.any():
            yield _verdict(check, records, faults)


def ask_in_turn(questions: Iterable[Rule], records: pl.DataFrame, case: Case) -> Iterator[Verdict]:
    """Ask rules of records one after the other; no more is asked of those with an error."""
    refused = positions_of([])
    for found in ask(questions, records, case):
        first = among_others(found, refused)
        if is_error(found, case):
            refused = positions_of([Verdict(first.check, refused), first])
        if not first.positions.is_empty():
            yield first


def is_error(found: Verdict, case: Case) -> bool:
    """Tell whether what was found refuses."""
    return case.severity(found.check.rule) is Severity.ERROR


def positions_of(verdicts: Iterable[Verdict]) -> pl.Series:
    """Gather where something was found."""
    none = pl.Series("position", dtype=pl.get_index_type())
    return pl.concat([none, *(found.positions for found in verdicts)]).unique()


def are_at(positions: pl.Series) -> pl.Expr:
    """Tell the records at some positions."""
    return pl.col("position").is_in(positions.implode())


def companions(records: pl.DataFrame, refused: pl.Series, *group: str) -> Verdict:
    """Find the records that fall with another one of their group; groups are known by columns."""
    if refused.is_empty():
        return Verdict(_COMPANION, refused)
    fallen = records.filter(are_at(refused)).select(group).unique()
    standing = records.filter(~are_at(refused))
    return Verdict(_COMPANION, standing.join(fallen, on=group, how="semi")["position"])


def among_others(found: Verdict, refused: pl.Series) -> Verdict:
    """Leave out what was found of refused records."""
    stays = ~found.positions.is_in(refused.implode())
    params = None if found.params is None else found.params.filter(stays)
    return replace(found, positions=found.positions.filter(stays), params=params)


def _verdict(check: Check, records: pl.DataFrame, faults: pl.Series) -> Verdict:
    params = records.filter(faults).select(**check.params) if check.params else None
    return Verdict(check, records["position"].filter(faults), params)
