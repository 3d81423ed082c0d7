"""Refused rows (不受理): which rules refuse each, and how often, however few findings are kept."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from .partition import POLICY
from .report import Verdict

_NAMED = ("row", POLICY, "agreement_code")


def refused_rows(errors: Sequence[Verdict], records: pl.DataFrame) -> pl.DataFrame:
    """Name every refused row with its rules and the number of its errors, none left out.

    Shape: `row`, `policy_number`, `agreement_code` as sent; `rules` in order, `error_count`.
    """
    counted = np.zeros(records.height, np.int32)
    broken = {rule: np.zeros(records.height, np.bool_) for rule in _rules_of(errors)}
    for found in errors:
        positions = found.positions.to_numpy()
        counted[positions] += 1
        broken[found.check.rule][positions] = True
    said = pl.concat_str(
        *(pl.when(pl.lit(pl.Series(rows))).then(pl.lit(rule)) for rule, rows in broken.items()),
        pl.lit(None, pl.String),
        separator=",",
        ignore_nulls=True,
    )
    named = records.select(*_NAMED, rules=said.str.split(","), error_count=pl.lit(counted))
    return named.filter(pl.col("error_count") > 0)


def _rules_of(errors: Sequence[Verdict]) -> list[str]:
    return sorted({found.check.rule for found in errors})
