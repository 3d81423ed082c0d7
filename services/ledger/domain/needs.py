"""Needs: which requests cannot do without an item (必須項目), as the rules ask for it."""

from collections.abc import Mapping
from enum import StrEnum

from .layout import NEW_APPLICATIONS, Column, Layout
from .rules.amendments import NEEDED_ANEW
from .rules.requests import ALWAYS_NEEDED, NEEDED_BY_A_CANCELLATION, NEEDED_BY_A_CHANGE


class Asking(StrEnum):
    """What a record asks for: a new application (新規), or something of a known contract.

    Source: ledger notes §8 (the columns of the sheet), §9.
    """

    NEW = "NEW"
    CHANGE = "CHANGE"
    INCREASE = "INCREASE"
    CORRECT_ISSUED = "CORRECT_ISSUED"
    CORRECT = "CORRECT"
    CANCEL = "CANCEL"


_NEEDED: Mapping[Asking, tuple[str, ...]] = {
    Asking.CHANGE: NEEDED_BY_A_CHANGE,
    Asking.INCREASE: (*NEEDED_BY_A_CHANGE, *NEEDED_ANEW, "settlement_method"),
    Asking.CORRECT_ISSUED: (),
    Asking.CORRECT: (),
    Asking.CANCEL: NEEDED_BY_A_CANCELLATION,
}


def mandatory_for(column: Column, layout: Layout) -> tuple[Asking, ...]:
    """Name the requests that must fill an item; other items depend on what is in them.

    Source: ledger notes §7 (column "Req"), §9; rules L020, L104, L109, L110.
    """
    if layout.code == NEW_APPLICATIONS.code:
        return (Asking.NEW,) if column.mandatory else ()
    if column.slot is not None and column.slot > 1:
        return ()
    return tuple(
        asking for asking, names in _NEEDED.items() if column.field in (*ALWAYS_NEEDED, *names)
    )
