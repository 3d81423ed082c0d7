"""Re-check (再審査): whether what was accepted still stands, when registers have changed since."""

from dataclasses import replace

import polars as pl

from . import rules
from .asking import ask, is_error
from .case import Case
from .layout import CHANGES_EXTENDED
from .resulting import with_countries

SCHEMA: dict[str, pl.DataType] = {
    "policy_number": pl.String(),
    "branch_number": pl.String(),
    "history_number": pl.String(),
    "revision": pl.Int16(),
    "rule": pl.String(),
}


def recheck(states: pl.DataFrame, case: Case) -> pl.DataFrame:
    """Judge states that are not final yet by the registers as they stand now, and by nothing else.

    Shape:  states as `states.SCHEMA`; gives `SCHEMA`, a row for each rule that a state now breaks,
            in order. The register knows the buyers that the states name.
    Source: ledger notes §2 step 4; architecture notes §7.16.
    """
    case = replace(case, layout=CHANGES_EXTENDED)
    valued = states.with_columns(pl.col(name).alias(f"{name}.value") for name in states.columns)
    records = with_countries(valued, case.register).with_row_index("position")
    found = (
        records[verdict.positions].select(pl.lit(verdict.check.rule).alias("rule"), *_KEY)
        for verdict in ask(rules.KNOWN, records, case)
        if is_error(verdict, case)
    )
    broken = pl.concat([pl.DataFrame(schema=SCHEMA), *(rows.select(*SCHEMA) for rows in found)])
    return broken.unique().sort(*SCHEMA)


_KEY = tuple(name for name in SCHEMA if name != "rule")
