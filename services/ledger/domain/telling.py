"""Accepted rows in the words of the wire: settlements and facts as JSON, made in columns.

Per-row objects would cost more than all rules together.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from .layout import EVERY_SLOT, slotted
from .states import SETTLEMENT_ITEMS

HISTORIES_IN_A_FACT = 500

_FACTS_AT_ONCE = 4

_SETTLEMENTS = pl.List(
    pl.Struct({"slot": pl.Int64(), **dict.fromkeys(SETTLEMENT_ITEMS, pl.String())})
)

_HISTORY = (
    "policy_number",
    "branch_number",
    "history_number",
    "processing_type",
    "change_reason",
    "agreement_code",
    "applicant_code",
    "application_date",
    "contract_date",
    "received_on",
    "currency",
    "currency_code",
    "contract_principal",
    "pre_shipment_amount",
    "post_shipment_amount",
    "exchange_rate",
    "destination_country",
    "payment_country",
    "guarantee_country",
    "payer_code",
    "guarantor_code",
    "sales_country",
    "sales_counterparty_code",
    "last_shipment_date",
    "status",
)


def stored_histories(accepted: pl.DataFrame) -> pl.DataFrame:
    """Make of what was accepted, new or changed, the histories that are stored and told.

    Shape: a column for each of `contract_histories` that comes from the file, and `bucket`.
    """
    slots = [slot for slot in EVERY_SLOT if slotted("settlement_method", slot) in accepted.columns]
    spread = [slotted(name, slot) for name in SETTLEMENT_ITEMS for slot in slots]
    return accepted.with_columns(settlements(slots)).drop(spread)


def settlements(slots: Iterable[int]) -> pl.Expr:
    """Write the used settlements (決済) of each row as one JSON list, named `settlements`."""
    joined = pl.concat_str(list(map(_settlement, slots)), separator=",", ignore_nulls=True)
    return pl.format("[{}]", joined).alias("settlements")


def spread_settlements(histories: pl.DataFrame) -> pl.DataFrame:
    """Read settlements back from their JSON: each item of each slot in a column, as text."""
    found = histories["settlements"].str.json_decode(_SETTLEMENTS)
    slots = found.to_frame().select(_in_slot(slot) for slot in EVERY_SLOT)
    items = [
        pl.col(str(slot)).struct.field(name).alias(slotted(name, slot))
        for slot in EVERY_SLOT
        for name in SETTLEMENT_ITEMS
    ]
    return histories.drop("settlements").hstack(slots.select(items))


def facts(histories: pl.DataFrame) -> Iterator[tuple[int, list[str]]]:
    """Write histories as the `histories` members of facts, for each bucket at most 500 a fact.

    Shape: yields (bucket, JSON lists), a few lists at once, buckets in ascending order; rows keep
    theirs.
    """
    objects = histories.select("bucket", fact=_object())
    for (bucket,), rows in sorted(objects.partition_by("bucket", as_dict=True).items()):
        for some in rows["fact"].to_frame().iter_slices(_FACTS_AT_ONCE * HISTORIES_IN_A_FACT):
            yield int(bucket), [_list(part) for part in some.iter_slices(HISTORIES_IN_A_FACT)]


def _list(objects: pl.DataFrame) -> str:
    return f"[{','.join(objects.to_series())}]"


def _in_slot(slot: int) -> pl.Expr:
    is_there = pl.element().struct.field("slot") == slot
    return (
        pl.col("settlements").list.eval(pl.element().filter(is_there)).list.first().alias(str(slot))
    )


def _settlement(slot: int) -> pl.Expr:
    members = [_text(f"{name}_{slot}").alias(name) for name in SETTLEMENT_ITEMS]
    body = pl.struct(pl.lit(slot).alias("slot"), *members).struct.json_encode()
    return pl.when(pl.col(f"settlement_method_{slot}").is_not_null()).then(body)


def _object() -> pl.Expr:
    members = pl.struct(*map(_text, _HISTORY), "revision").struct.json_encode()
    # The list of settlements is JSON already: it goes in before the closing brace.
    opened = members.str.strip_suffix("}")
    return pl.concat_str(opened, pl.lit(',"settlements":'), "settlements", pl.lit("}"))


def _text(name: str) -> pl.Expr:
    """Write any value as a string; exact numbers keep their digits."""
    return pl.col(name).cast(pl.String)
