"""Accepted rows in the words of the wire: settlements and facts as JSON, made in columns.

Per-row objects would cost more than all rules together.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from .layout import EVERY_SLOT, slotted
from .states import SETTLEMENT_ITEMS

HISTORIES_IN_A_FACT = 500

_SETTLEMENTS = pl.List(
    pl.Struct({"slot": pl.Int64(), **dict.fromkeys(SETTLEMENT_ITEMS, pl.String())})
)

_ALWAYS = (
    "policy_number",
    "branch_number",
    "history_number",
    "processing_type",
    "agreement_code",
    "applicant_code",
    "application_date",
    "contract_date",
    "received_on",
    "currency",
    "currency_code",
    "contract_principal",
    "pre_shipment_amount",
    "destination_country",
    "payment_country",
    "payer_code",
    "sales_country",
    "sales_counterparty_code",
    "last_shipment_date",
    "status",
)
_IF_ANY = (
    "change_reason",
    "post_shipment_amount",
    "exchange_rate",
    "guarantee_country",
    "guarantor_code",
)
_MEMBERS = (*_ALWAYS, *_IF_ANY)
_UNSAFE = r'["\\\x00-\x1f]'


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


def facts(histories: pl.DataFrame) -> Iterator[tuple[int, str]]:
    """Write histories as the `histories` members of facts, at most 500 of one bucket in each.

    Shape: yields (bucket, JSON list), buckets in ascending order; rows keep theirs.
    """
    in_common = list(alike(histories.select(_MEMBERS)))
    said = _first(histories.select(pl.col(in_common).cast(pl.String)))
    rows = _safe(histories.drop(in_common))
    objects = rows.select("bucket", fact=_object(said))
    for (bucket,), rows in sorted(objects.partition_by("bucket", as_dict=True).items()):
        for some in rows.iter_slices(HISTORIES_IN_A_FACT):
            yield int(bucket), f"[{some['fact'].str.join(',').item()}]"


def alike(frame: pl.DataFrame) -> dict[str, Any]:
    """Find the columns in which all rows say the same, and what they say."""
    if frame.is_empty():
        return {}
    same = frame.select(pl.all().eq_missing(pl.all().first()).all()).row(0, named=True)
    return _first(frame.select(name for name in frame.columns if same[name]))


def _first(rows: pl.DataFrame) -> dict[str, Any]:
    """Give the first row; of no columns there is none."""
    return rows.row(0, named=True) if rows.width else {}


def _safe(rows: pl.DataFrame) -> pl.DataFrame:
    """Write text so that it can stand between the quotes of a JSON string.

    Codes can as they are: only a column that holds anything else is written anew.
    """
    texts = [name for name in _MEMBERS if rows.schema.get(name) == pl.String]
    unsafe = _first(rows.select(pl.col(texts).str.contains(_UNSAFE).any()))
    return rows.with_columns(map(_escaped, filter(unsafe.get, texts)))


def _in_slot(slot: int) -> pl.Expr:
    is_there = pl.element().struct.field("slot") == slot
    return (
        pl.col("settlements").list.eval(pl.element().filter(is_there)).list.first().alias(str(slot))
    )


def _settlement(slot: int) -> pl.Expr:
    members = [_text(f"{name}_{slot}").alias(name) for name in SETTLEMENT_ITEMS]
    body = pl.struct(pl.lit(slot).alias("slot"), *members).struct.json_encode()
    return pl.when(pl.col(f"settlement_method_{slot}").is_not_null()).then(body)


def _object(in_common: Mapping[str, str | None]) -> pl.Expr:
    """Write a row as a JSON object; of the items that may be null those that are not.

    What all rows say alike is written once, into the form that each of them fills in.
    """
    written = {name: json.dumps(said) for name, said in in_common.items() if said is not None}
    # Doubled, a brace stands for itself.
    said = [f'"{name}":{_doubled(text)},' for name, text in written.items()]
    always = [name for name in _ALWAYS if name not in in_common]
    if_any = [_member(name) for name in _IF_ANY if name not in in_common]
    rest = pl.concat_str(*if_any, pl.lit(""), ignore_nulls=True)
    members = [*said, *(f'"{name}":"{{}}",' for name in always)]
    form = "{{" + "".join(members) + '{}"revision":{},"settlements":{}}}'
    return pl.format(form, *map(_text, always), rest, "revision", "settlements")


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _member(name: str) -> pl.Expr:
    return pl.format(f'"{name}":"{{}}",', _text(name))


def _escaped(name: str) -> pl.Expr:
    written = pl.struct(name).struct.json_encode()
    inside = written.str.strip_prefix(f'{{"{name}":"').str.strip_suffix('"}')
    return pl.when(pl.col(name).is_not_null()).then(inside).alias(name)


def _text(name: str) -> pl.Expr:
    """Write any value as a string; exact numbers keep their digits."""
    return pl.col(name).cast(pl.String)
