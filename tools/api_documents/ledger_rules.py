"""The page that lists every rule of ledger files, from the one declaration the service reads."""

from collections.abc import Iterator

from services.ledger.domain import shipped

_HEAD = """# The rules of ledger files (チェック項目)

Written by `make documents` from `services/ledger/data/validation_rules.csv`; what is changed here
is lost. An error refuses: the file, or the row and with it its policy. A warning refuses nothing.
How grave a rule is from a day on, where that is not as printed here, stands in the table
`rule_severities`. Rules of mail (L001, L002, L004, L016, L017) wait for that channel.

| rule | grave | layout | items of 2103 | items of 2110 | what it finds | what it says | source |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
_GRAVE = {"reject_file": "error (file)", "reject_record": "error", "warn": "warning"}
_BASIS = {"S": "stated", "D": "derived", "P": "proposed"}


def ledger_rules_page() -> str:
    """Write the page."""
    return _HEAD + "".join(f"| {' | '.join(_line(row))} |\n" for row in _rows())


def _rows() -> Iterator[shipped.Row]:
    for row in shipped.rows("validation_rules"):
        yield {name: cell.replace("|", "\\|").replace("<", "&lt;") for name, cell in row.items()}


def _line(row: shipped.Row) -> tuple[str, ...]:
    return (
        row["rule"],
        _GRAVE[row["severity"]],
        row["scope"],
        row["items_2103"] or "–",
        row["items_2110"] or "–",
        row["condition"],
        f"{row['message_ja']}<br>{row['message_en']}",
        f"{_BASIS[row['basis_kind']]}: {row['basis']}",
    )
