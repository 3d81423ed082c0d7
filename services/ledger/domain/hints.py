"""Hints: what an item is to hold, where a finding is about how it was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from . import shipped
from .findings import Finding, column_of
from .layout import Layout


@dataclass(frozen=True, slots=True)
class Hint:
    """What to write instead, in both languages."""

    ja: str
    en: str


def hint_for(finding: Finding, layout: Layout | None) -> Hint | None:
    """Say what the item of a finding is to hold; other findings say themselves what is to be done.

    Source: ledger notes §7 and §8, by kind of item.
    """
    column = column_of(finding, layout)
    text = _texts().get((finding.rule, column.kind)) if column else None
    if column is None or text is None:
        return None
    words = {"n": str(column.width), "table": column.code_table}
    return Hint(text["hint_ja"].format_map(words), text["hint_en"].format_map(words))


@cache
def _texts() -> Mapping[tuple[str, str], shipped.Row]:
    return {
        (rule, row["kind"]): row
        for row in shipped.rows("item_hints")
        for rule in row["rules"].split()
    }
