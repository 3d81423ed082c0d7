"""Why the weekly re-check marks a state (再審査の理由), in both languages."""

from collections.abc import Mapping
from functools import cache

import polars as pl

from . import shipped


def with_reasons(broken: pl.DataFrame) -> pl.DataFrame:
    """Give each state that breaks rules its first rule, and in words all of them.

    Shape: as `recheck.SCHEMA`, one row per state; adds `reason_ja` and `reason_en`.
    """
    states = [name for name in broken.columns if name != "rule"]
    rules = broken.group_by(states, maintain_order=True).agg(pl.col("rule").alias("rules"))
    return rules.select(
        *states,
        pl.col("rules").list.first().alias("rule"),
        _said("message_ja", "").alias("reason_ja"),
        _said("message_en", " ").alias("reason_en"),
    )


def _said(message: str, between: str) -> pl.Expr:
    texts = {rule: row[message] for rule, row in _texts().items()}
    in_words = pl.element().replace_strict(texts, return_dtype=pl.String)
    return pl.col("rules").list.eval(in_words).list.join(between)


@cache
def _texts() -> Mapping[str, shipped.Row]:
    return {row["rule"]: row for row in shipped.rows("recheck_reasons")}
