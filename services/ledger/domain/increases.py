"""Increases (増額): by how much a contract has grown since it was first declared.

Source: ledger notes §11 item 8, A29.
"""

import polars as pl

from .addressing import SET, opens_branch
from .case import Case
from .cells import filled, is_one_of
from .change_cells import is_change, is_increase, new, old
from .declared import amounts
from .partition import POLICY
from .values import AMOUNT

_NOTHING = pl.lit(0, AMOUNT)
_YEN = "JPY"


def with_increases(changes: pl.DataFrame, known: pl.DataFrame, case: Case) -> pl.DataFrame:
    """Add up by how much these changes and the ones before them raised the principal.

    Only what is restated counts, and only in one currency: nothing is converted.

    Shape: adds `declared`, the principal first declared; `raises`, whether the change set raises
           it; `raised`, all increases, these included; `minimum`, the least to be notified.
    """
    least = pl.DataFrame(
        list(case.register.minimum_increase.items()),
        schema={"agreement_code.value": pl.String, "minimum": AMOUNT},
        orient="row",
    )
    on = [POLICY, "currency_code.new"]
    found = changes.join(amounts(known), on=on, how="left", maintain_order="left")
    found = found.join(least, on="agreement_code.value", how="left", maintain_order="left")
    found = found.with_columns(gain=_gain())
    risen = pl.when(pl.col("gain").sum().over(SET) > _NOTHING).then("gain").otherwise(_NOTHING)
    return found.with_columns(
        raises=pl.col("gain").sum().over(SET) > _NOTHING,
        raised=pl.col("raised").fill_null(_NOTHING) + risen.sum().over(on),
    )


def is_large(case: Case) -> pl.Expr:
    """Tell the raises by which all increases become so large that they must be notified."""
    declared = pl.col("declared").fill_null(_NOTHING)
    is_much = pl.col("raised") * 100 >= declared * case.terms.increase_percent
    yen = is_one_of(new("currency_code"), case.register.tables["currencies"].codes(iso=_YEN))
    worth = pl.when(yen).then(pl.col("raised")).otherwise(pl.col("raised") * new("exchange_rate"))
    # What cannot be put in yen may be as much as that.
    is_enough = (worth >= pl.col("minimum")).fill_null(value=True)
    return is_change() & pl.col("raises") & is_much & is_enough


def _gain() -> pl.Expr:
    """Take by how much a row raises the principal of its branch, if its set restates them all."""
    before = pl.when(opens_branch()).then(_NOTHING).otherwise(old("contract_principal"))
    is_restated = filled("contract_principal").all().over(SET)
    comparable = is_increase() | (new("currency_code") == old("currency_code"))
    gain = new("contract_principal") - before
    return pl.when(is_change() & is_restated & comparable).then(gain).otherwise(_NOTHING)
