"""How late an application came, as lists say it and may be asked for it."""

from typing import Annotated, Literal

from fastapi import Query

Lateness = Literal["LATE", "EXPLANATION_WANTED", "SIGNIFICANT_DELAY"]
"""How late (申込遅滞): past the deadline, explanation wanted, significantly late (著しい遅滞)."""

LatenessWanted = Annotated[
    list[Lateness], Query(max_length=3, description="Only what was applied for that late.")
]
