"""Judging (審査): rows of text become canonical rows and findings, all rules asked at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from . import rules
from .canonical import canonical
from .case import Case
from .cells import with_values
from .delays import count_delays
from .findings import Severity
from .report import Verdict, report
from .rules import policies, syntax
from .rules.declaring import Check, Rule
from .rules.policies import POLICY

_COMPANION = Check("L133", "not-allowed-here", (), pl.lit(value=True))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of the rows of one part (審査結果).

    Shape: `accepted` as in `canonical`, `findings` as in `report` and at most as many as wanted;
    the counts are complete. `delays` are the significant delays of each agreement, these included.
    """

    accepted: pl.DataFrame
    findings: pl.DataFrame
    rejected_rows: int
    errors: int
    warnings: int
    delays: Mapping[str, int]


def judge(rows: pl.DataFrame, case: Case, limit: int) -> Judgement:
    """Judge new applications (新規申込): rows as read and numbered, every policy complete.

    What is missing or broken is found first, and what depends on it is left alone. All rows of a
    policy stand or fall together. Refused rows carry no warnings.

    Source: ledger notes §5.7.
    """
    records = with_values(rows, case.layout, case.register).with_row_index("position")
    wanting = records.filter(syntax.needs_a_look(records, case))
    related = records.filter(policies.needs_a_look())
    verdicts = [
        *_ask(rules.SYNTAX, wanting, case),
        *_ask(rules.NEW_APPLICATION, records, case),
        *_ask(rules.NEW_POLICY, related, case),
    ]
    errors = [found for found in verdicts if _is_error(found, case)]
    refused = _positions(errors)
    errors.append(Verdict(_COMPANION, _companions(related, refused)))
    refused = _positions(errors)
    warnings = [_among_accepted(found, refused) for found in verdicts if not _is_error(found, case)]
    accepted = records.filter(~pl.col("position").is_in(refused.implode()))

    warnings, delays = count_delays(warnings, records, case.register.delays)
    return Judgement(
        accepted=canonical(accepted, case.layout),
        findings=report([*errors, *warnings], records, case, limit),
        rejected_rows=len(refused),
        errors=sum(len(found.positions) for found in errors),
        warnings=sum(len(found.positions) for found in warnings),
        delays=delays,
    )


def _ask(questions: Sequence[Rule], records: pl.DataFrame, case: Case) -> Iterator[Verdict]:
    if records.is_empty():
        return
    checks = [check for rule in questions for check in rule.ask(case)]
    answers = records.select(check.fault.alias(str(n)) for n, check in enumerate(checks))
    for check, answer in zip(checks, answers, strict=True):
        if answer.any():
            yield Verdict(check, records["position"].filter(answer))


def _is_error(found: Verdict, case: Case) -> bool:
    return case.severity(found.check.rule) is Severity.ERROR


def _positions(verdicts: Iterable[Verdict]) -> pl.Series:
    none = pl.Series("position", dtype=pl.get_index_type())
    return pl.concat([none, *(found.positions for found in verdicts)]).unique()


def _companions(related: pl.DataFrame, refused: pl.Series) -> pl.Series:
    """Find the rows whose policy has another row that was refused."""
    is_refused = pl.col("position").is_in(refused.implode())
    fallen = related.filter(is_refused)[POLICY].implode()
    return related.filter(~is_refused & pl.col(POLICY).is_in(fallen))["position"]


def _among_accepted(found: Verdict, refused: pl.Series) -> Verdict:
    positions = found.positions
    return replace(found, positions=positions.filter(~positions.is_in(refused.implode())))
