"""Declared (当初申告): what a contract first was, as far as it still matters for its changes.

Source: ledger notes §11 (item 8), the note to L138 in §14.
"""

from collections.abc import Callable

import polars as pl

from .change_cells import INCREASE
from .layout import EVERY_SLOT, slotted
from .partition import POLICY
from .rules.settlements import DAYS, MONTHS
from .states import CANCELLED, FIRST_HISTORY, NEW_APPLICATION

Item = Callable[[str], pl.Expr]


def last_due(item: Item, cover_days: int) -> pl.Expr:
    """Find the last day on which something is due: a usance runs from the last shipment."""
    shipped = item("last_shipment_date")
    return pl.max_horizontal(_due(item, slot, shipped, cover_days) for slot in EVERY_SLOT)


def _due(item: Item, slot: int, shipped: pl.Expr, cover_days: int) -> pl.Expr:
    unit, period = item(slotted("usance_unit", slot)), item(slotted("usance_period", slot))
    due = pl.coalesce(
        item(slotted("due_date", slot)),
        pl.when(unit == MONTHS).then(shipped.dt.offset_by(pl.format("{}mo", period))),
        pl.when(unit == DAYS).then(shipped.dt.offset_by(pl.format("{}d", period))),
        shipped.dt.offset_by(f"{cover_days}d"),
    )
    return pl.when(item(slotted("settlement_method", slot)).is_not_null()).then(due)


def first_dues(known: pl.DataFrame, cover_days: int) -> pl.DataFrame:
    """Find for each branch the last day due as first declared: of a part, by what it was part of.

    Shape: `policy_number`, `branch_number`, `first_due`.
    """
    first = known.filter(pl.col("history_number") == FIRST_HISTORY)
    is_part = (pl.col("processing_type") != NEW_APPLICATION) & (pl.col("change_reason") != INCREASE)
    dues = first.select(
        POLICY,
        "branch_number",
        part_of=pl.when(is_part).then("original_branch_number"),
        first_due=last_due(pl.col, cover_days),
    )
    whole = dues.rename({"branch_number": "part_of", "part_of": "of", "first_due": "due"})
    # A part may be split again: each round goes one branch back.
    while dues["part_of"].is_not_null().any():
        dues = dues.join(whole, on=[POLICY, "part_of"], how="left").select(
            POLICY, "branch_number", part_of="of", first_due=pl.coalesce("due", "first_due")
        )
    return dues.drop("part_of")


def amounts(known: pl.DataFrame) -> pl.DataFrame:
    """Add up by currency what was first declared of each policy, and what increases added since.

    Shape: `policy_number`, `currency_code.new`, `declared`, `raised`.
    """
    first = known.filter(pl.col("history_number") == FIRST_HISTORY, pl.col("status") != CANCELLED)
    principal = pl.col("contract_principal")
    return first.group_by(POLICY, pl.col("currency_code").alias("currency_code.new")).agg(
        declared=principal.filter(pl.col("processing_type") == NEW_APPLICATION).sum(),
        raised=principal.filter(pl.col("change_reason") == INCREASE).sum(),
    )
