"""Effect: whether a change changes anything at all (L128).

Source: ledger notes §14 with its note: asked of requests that nothing else refuses.
"""

import polars as pl

from ..case import Case
from ..cells import any_of
from ..change_cells import is_cancellation, is_change, is_changed
from ..states import CONTENT
from .declaring import record_rule


@record_rule("L128", "processing_type", code="not-allowed-here")
def changes_nothing(_: Case) -> pl.Expr:
    """All would be as it was."""
    said = [column.name for column in CONTENT]
    of_the_change = any_of(map(is_changed, ("change_reason", "contract_change_date")))
    same = ~any_of(map(is_changed, said)) & (is_change() | ~of_the_change)
    return same & ~is_cancellation()
