"""The shipped rulebook rows: what the migration seeds, and what the insurer's staff first send."""

from collections.abc import Callable, Iterator
from csv import DictReader
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Table

_HERE = Path(__file__).parent

Row = dict[str, str]

_READ: dict[type, Callable[[str], Any]] = {
    bool: "Y".__eq__,
    date: date.fromisoformat,
    Decimal: Decimal,
    int: int,
    str: str,
}


def read(name: str) -> Iterator[Row]:
    """Read the rows of one file: `tariff/base_rates`, `exchange_rates`, `code_tables/countries`."""
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from DictReader(file)


def code_tables() -> list[Row]:
    """List the code tables that are shipped, each with its version, first day and source."""
    return list(read("code_tables/index"))


def codes(name: str) -> list[Row]:
    """List the codes of one table, in the table's order."""
    return list(read(f"code_tables/{name}"))


def rows_for(table: Table, name: str) -> list[dict[str, Any]]:
    """Read the rows of one file as the columns of a table hold them."""
    parsers = {column.name: _READ[column.type.python_type] for column in table.columns}
    return [
        {column: parse(row[column]) if row[column] else None for column, parse in parsers.items()}
        for row in read(name)
    ]
