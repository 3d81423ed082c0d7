"""Significant delays (著しい遅滞) are counted: each late policy is one more of its agreement."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from .cells import value
from .partition import POLICY
from .report import Verdict

_RULE = "L058"

DEGREES = ("LATE", "EXPLANATION_WANTED", "SIGNIFICANT_DELAY")
"""How late an application may be (期限後申込, 理由書, 著しい遅滞), the gravest last."""

_DEGREE_OF = {"L056": 0, "L057": 1, _RULE: 2}


def count_delays(
    verdicts: Sequence[Verdict], records: pl.DataFrame, so_far: Mapping[str, int]
) -> tuple[list[Verdict], Mapping[str, int]]:
    """Number the significant delays in the order of the file, and bring the counts up to date.

    A finding says whose delay it is: parts of a file are numbered anew when all are judged.

    Source: ledger notes §2, A25 and the note to L058 in §14.
    """
    counts = dict(so_far)
    return [_counted(found, records, counts) for found in verdicts], counts


def with_lateness(
    accepted: pl.DataFrame, verdicts: Sequence[Verdict], records: pl.DataFrame
) -> pl.DataFrame:
    """Say of each policy how late it was applied for (申込遅滞), if it was.

    Shape:  adds `lateness`: one of `DEGREES`, the gravest of the policy's branches, or null.
    Source: ledger notes §2.
    """
    late = [
        records[found.positions].select(POLICY, degree=pl.lit(_DEGREE_OF[found.check.rule]))
        for found in verdicts
        if found.check.rule in _DEGREE_OF
    ]
    if not late:
        return accepted.with_columns(lateness=pl.lit(None, pl.String))
    gravest = pl.concat(late).group_by(POLICY).agg(pl.col("degree").max())
    named = gravest.select(POLICY, lateness=pl.lit(pl.Series(DEGREES)).gather(pl.col("degree")))
    return accepted.join(named, on=POLICY, how="left", maintain_order="left")


def _counted(found: Verdict, records: pl.DataFrame, counts: dict[str, int]) -> Verdict:
    if found.check.rule != _RULE:
        return found
    late = records[found.positions].select(POLICY, value("agreement_code"))
    numbers: dict[str, int] = {}
    for policy, agreement in late.unique(POLICY, keep="first", maintain_order=True).iter_rows():
        counts[agreement] = numbers[policy] = counts.get(agreement, 0) + 1
    counted = pl.Series("n", [numbers[policy] for policy in late[POLICY]])
    return replace(found, params=late.select(counted, POLICY))
