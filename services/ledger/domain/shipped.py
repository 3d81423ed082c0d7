"""The tables the ledger service ships: layouts, rule texts and terms, as rows of text."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parents[1] / "data"

Row = dict[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Read one shipped table, its first line being the names of the columns."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def rows_in_force(name: str, day: date) -> dict[str, Row]:
    """Take of a dated table the rows in force on a day: of each name the one valid latest."""
    valid = [row for row in rows(name) if date.fromisoformat(row["valid_from"]) <= day]
    return {row["name"]: row for row in sorted(valid, key=lambda row: row["valid_from"])}
