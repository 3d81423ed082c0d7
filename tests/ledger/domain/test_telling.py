"""Accepted rows are told as JSON that is written in columns: it must read back as it was."""

import json
from datetime import date
from functools import cache

import polars as pl
from hypothesis import given as example
from hypothesis import strategies as st

from services.ledger.domain.telling import HISTORIES_IN_A_FACT, facts, stored_histories

from . import given

_CODES = st.text(max_size=8) | st.none()


@cache
def _told() -> pl.DataFrame:
    accepted = given.judged(given.application()).accepted
    received = {"received_on": pl.lit(date(2026, 8, 25)), "currency": pl.lit("USD")}
    return stored_histories(accepted).with_columns(**received)


@example(st.lists(st.tuples(_CODES, st.text(max_size=8)), min_size=1, max_size=3))
def test_whatever_a_code_holds_is_told_as_it_is(codes: list[tuple[str | None, str]]) -> None:
    """Given codes of any characters, when they are told, then they read back, or are left out."""
    schema = {"guarantor_code": pl.String, "payer_code": pl.String}
    rows = _told().drop(schema).join(pl.DataFrame(codes, schema, orient="row"), how="cross")

    [(_, told)] = facts(rows)

    heard = [(it.get("guarantor_code"), it["payer_code"]) for it in json.loads(told)]
    assert heard == codes


def test_a_fact_holds_at_most_500_histories_of_one_bucket() -> None:
    """Given 1,001 rows of two buckets, when they are told, then each bucket's in their order."""
    rows = _told().join(pl.DataFrame({"number": range(1_001)}), how="cross")
    rows = rows.with_columns(
        bucket=pl.when(pl.col("number") < 600).then(2).otherwise(1),
        contract_number=pl.col("number").cast(pl.String),
        payer_code=pl.col("number").cast(pl.String),
    )

    told = [(bucket, json.loads(histories)) for bucket, histories in facts(rows)]

    assert [(bucket, len(histories)) for bucket, histories in told] == [
        (1, 401),
        (2, HISTORIES_IN_A_FACT),
        (2, 100),
    ]
    numbers = [int(it["payer_code"]) for _, histories in told for it in histories]
    assert numbers == [*range(600, 1_001), *range(600)]
