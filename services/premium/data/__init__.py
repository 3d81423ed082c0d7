"""The shipped rulebook rows: what the migration seeds, and what the insurer's staff first send."""

from collections.abc import Iterator
from csv import DictReader
from pathlib import Path

_HERE = Path(__file__).parent

Row = dict[str, str]


def read(name: str) -> Iterator[Row]:
    """Read the rows of one file: `tariff/rates`, `exchange_rates`, `code_tables/countries`."""
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from DictReader(file)


def code_tables() -> list[Row]:
    """List the code tables that are shipped, each with its version, first day and source."""
    return list(read("code_tables/index"))


def codes(name: str) -> list[Row]:
    """List the codes of one table, in the table's order."""
    return list(read(f"code_tables/{name}"))
