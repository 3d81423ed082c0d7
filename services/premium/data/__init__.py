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


def template(name: str) -> bytes:
    """Read the template of a printed document."""
    return (_HERE / f"{name}.typ").read_bytes()


def code_tables() -> list[Row]:
    """List the code tables that are shipped, each with its titles, first day and source."""
    return list(read("code_tables/index"))


def codes(name: str) -> list[dict[str, Any]]:
    """List the codes of one table, in the table's order; what is no name is an attribute."""
    return [
        {
            "code": row.pop("code"),
            "name_ja": row.pop("name_ja"),
            "name_en": row.pop("name_en"),
            "attributes": row,
        }
        for row in read(f"code_tables/{name}")
    ]


def code_table_publications() -> dict[str, dict[str, Any]]:
    """Give, by name, the bodies with which staff publish the shipped code tables."""
    return {
        table["name"]: {
            "title_ja": table["title_ja"],
            "title_en": table["title_en"],
            "valid_from": table["valid_from"],
            "source": table["source"],
            "sample": table["sample"] == "Y",
            "codes": codes(table["name"]),
        }
        for table in code_tables()
    }


def exchange_rate_publication() -> dict[str, Any]:
    """Give the body with which staff publish the shipped exchange rates."""
    rows = list(read("exchange_rates"))
    return {
        "source": rows[0]["source"],
        "sample": rows[0]["sample"] == "Y",
        "rates": [{name: row[name] for name in ("currency", "valid_from", "ttb")} for row in rows],
    }


def rows_for(table: Table, name: str) -> list[dict[str, Any]]:
    """Read the rows of one file as the columns of a table hold them."""
    parsers = {column.name: _READ[column.type.python_type] for column in table.columns}
    return [
        {column: parse(row[column]) if row[column] else None for column, parse in parsers.items()}
        for row in read(name)
    ]
