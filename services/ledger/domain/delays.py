"""Significant delays (著しい遅滞) are counted: each late policy is one more of its agreement."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from .cells import value
from .partition import POLICY
from .report import Verdict

_RULE = "L058"


def count_delays(
    verdicts: Sequence[Verdict], records: pl.DataFrame, so_far: Mapping[str, int]
) -> tuple[list[Verdict], Mapping[str, int]]:
    """Number the significant delays in the order of the file, and bring the counts up to date.

    A finding says whose delay it is: parts of a file are numbered anew when all are judged.

    Source: ledger notes §2, A25 and the note to L058 in §14.
    """
    counts = dict(so_far)
    return [_counted(found, records, counts) for found in verdicts], counts


def _counted(found: Verdict, records: pl.DataFrame, counts: dict[str, int]) -> Verdict:
    if found.check.rule != _RULE:
        return found
    late = records[found.positions].select(POLICY, value("agreement_code"))
    numbers: dict[str, int] = {}
    for policy, agreement in late.unique(POLICY, keep="first", maintain_order=True).iter_rows():
        counts[agreement] = numbers[policy] = counts.get(agreement, 0) + 1
    counted = pl.Series("n", [numbers[policy] for policy in late[POLICY]])
    return replace(found, params=late.select(counted, POLICY))
