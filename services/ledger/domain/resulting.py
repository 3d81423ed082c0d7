"""Resulting: what would be known after a change, as a record to judge and as a state to keep."""

import polars as pl

from .addressing import BRANCH, opens_branch
from .cells import CHANGE, RAISED, any_of, value
from .change_cells import is_cancellation, is_change, is_clear, is_correction, new, old
from .layout import EVERY_SLOT, Column, Kind
from .partition import POLICY
from .register import Register
from .states import (
    ACTIVE,
    CANCELLED,
    CONTENT,
    FIRST_HISTORY,
    ITEMS,
    REDUCED_TO_ZERO,
    SCHEMA,
)
from .values import AMOUNT

_AS_IT_WAS = ("row", POLICY, "bucket")
_BUYER_ITEMS = tuple(column.name for column in CONTENT if column.kind is Kind.BUYER)
_NOTHING = pl.lit(0, AMOUNT)
_KEY = (POLICY, "branch_number", "history_number")
_CYCLE = ("finalised", "invoiced", "awaiting_invoice")


def as_records(changes: pl.DataFrame, register: Register) -> pl.DataFrame:
    """See the states that would result as records, so that the rules of content can judge them.

    Shape: `position`, then text and value of each item as in `cells.with_values`; the text only
           tells blank from not. An unclear item is not blank and has no value.
    """
    records = changes.select(
        "position",
        *(_presence(column).alias(column.name) for column in CONTENT),
        *(_value(column).alias(f"{column.name}.value") for column in CONTENT),
    )
    used = (_is_used(slot).alias(f"settlement_{slot}.used") for slot in EVERY_SLOT)
    return with_countries(records.with_columns(*used), register)


def with_countries(records: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Add the country in which each buyer is registered; one that is not has none."""
    for name in _BUYER_ITEMS:
        home = register.buyers.select(
            pl.col("buyer_code").alias(f"{name}.value"), pl.col("country").alias(f"{name}.country")
        )
        records = records.join(home, on=f"{name}.value", how="left", maintain_order="left")
    return records


def _presence(column: Column) -> pl.Expr:
    is_there = ~is_clear(column) | _value(column).is_not_null()
    return pl.when(is_there).then(pl.lit(value=True))


def _value(column: Column) -> pl.Expr:
    if column.kind is Kind.FLAG:
        return pl.when(new(column.name)).then(pl.lit(RAISED))
    return new(column.name)


def _is_used(slot: int) -> pl.Expr:
    return any_of(pl.col(column.name).is_not_null() for column in CONTENT if column.slot == slot)


def histories(changes: pl.DataFrame) -> pl.DataFrame:
    """Take of accepted changes what is stored: one history (履歴) for each row of the file.

    Shape: the columns of `canonical`, five settlements; the reason, the day and the original
           branch of a change; and those of `states.CHANGED`.
    """
    return changes.select(
        *_AS_IT_WAS,
        value("branch_office_code").alias("branch_office_code"),
        value("agreement_code").alias("agreement_code"),
        pl.col(BRANCH).alias("branch_number"),
        pl.col("policy.applicant").alias("applicant_code"),
        *(new(column.name).alias(column.name) for column in ITEMS),
        *(expression.alias(name) for name, expression in _of_the_history().items()),
        value("processing_type").alias("requested_type"),
        opens_branch().alias("opens_branch"),
        *("significant_items", "notify_by", "late_notification"),
    )


def _of_the_history() -> dict[str, pl.Expr]:
    number = pl.col("branch.last").cast(pl.Int16) + 1
    following = pl.coalesce(number.cast(pl.String).str.zfill(2), pl.lit(FIRST_HISTORY))
    began = pl.max_horizontal(value("contract_change_date"), old("valid_from"))
    revision = pl.when(is_change()).then(0).otherwise(old("revision") + is_correction())
    said = ("change_reason", "contract_change_date", "original_branch_number")
    return {
        "history_number": pl.when(is_change()).then(following).otherwise(old("history_number")),
        "revision": revision.cast(pl.Int16),
        "status": _status(),
        "processing_type": pl.when(is_change())
        .then(pl.lit(CHANGE))
        .otherwise(old("processing_type")),
        "valid_from": pl.when(is_change()).then(began).otherwise(old("valid_from")),
        **{name: new(name) for name in said},
    }


def _status() -> pl.Expr:
    insured = new("pre_shipment_amount") + new("post_shipment_amount").fill_null(_NOTHING)
    still = pl.when(insured == _NOTHING).then(pl.lit(REDUCED_TO_ZERO)).otherwise(pl.lit(ACTIVE))
    return pl.when(is_cancellation()).then(pl.lit(CANCELLED)).otherwise(still)


def known_after(known: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """Know of the contracts what some results make of them, before they are stored.

    Shape: `states.SCHEMA`; what a result says has no upload yet.
    """
    before = known.select(*_KEY, *_CYCLE, "first_upload_id")
    said = results.join(before, on=_KEY, how="left")
    unsaid = (name for name in SCHEMA if name not in said.columns)
    after = said.with_columns(
        pl.lit(value=False).alias("marked"),
        pl.col(_CYCLE).fill_null(value=False),
        *(pl.lit(None).alias(name) for name in unsaid if name != "marked"),
    )
    after = after.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    return pl.concat([known.join(results, on=_KEY, how="anti"), after])
