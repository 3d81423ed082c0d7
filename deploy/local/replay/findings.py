"""What was found in a file, beside what should have been.

Source: ledger notes §17 (comparing findings).
"""

from collections.abc import Iterable, Iterator

from deploy.local.demo.client import Json

from .told import Expected, ExpectedOfFile, Finding

LAST_OF_THE_FILE = "L017"
"""Up to here rules are about a file as a whole. Source: ledger notes §14."""

Place = tuple[int, str]


def differences(expected: Expected, upload: Json, findings: Iterable[Json]) -> Iterator[str]:
    """Say where the judgement of a file differs from what a case expects of it."""
    found = list(findings)
    errors = [it for it in found if it["severity"] == "ERROR"]
    of_the_file = {it["rule"] for it in errors if it["rule"] <= LAST_OF_THE_FILE}
    if expected.file_accepted is bool(of_the_file):
        yield f"file_accepted: expected {expected.file_accepted}, found {sorted(of_the_file)}"
    if of_the_file:
        return
    wanted = {_of(it): it for it in expected.record_errors or ()}
    rejected = {_place(it) for it in errors}
    if expected.record_errors is not None:
        yield from (f"row {row}: expected {rule}" for row, rule in sorted(wanted.keys() - rejected))
        yield from (f"row {row}: found {rule}" for row, rule in sorted(rejected - wanted.keys()))
    warned = {_of(it): it for it in expected.record_warnings}
    known = {_place(it) for it in found if it["severity"] == "WARNING"}
    missing = sorted(warned.keys() - known)
    yield from (f"row {row}: expected the warning {rule}" for row, rule in missing)
    yield from _fields(wanted | warned, found)
    rows = sorted(set(range(1, (upload["row_count"] or 0) + 1)) - {row for row, _ in rejected})
    if expected.accepted_rows is not None and rows != sorted(expected.accepted_rows):
        yield f"accepted_rows: expected {expected.accepted_rows}, found {rows}"


def file_differences(expected: ExpectedOfFile, findings: Iterable[Json]) -> Iterator[str]:
    """Say where the judgement of a file as a whole differs from what is expected of it."""
    of_the_file = [it for it in findings if it["rule"] <= LAST_OF_THE_FILE]
    found = sorted({it["rule"] for it in of_the_file})
    if found != sorted(expected.rules):
        yield f"rules: expected {expected.rules}, found {found}"
    accepted = all(it["severity"] == "WARNING" for it in of_the_file)
    if accepted is not expected.file_accepted:
        yield f"file_accepted: expected {expected.file_accepted}, found {accepted}"


def _fields(expected: dict[Place, Finding], found: list[Json]) -> Iterator[str]:
    for place, wanted in expected.items():
        named = {item for it in found if _place(it) == place for item in it["item_nos"]}
        if wanted.fields and named and named.isdisjoint(wanted.fields):
            row, rule = place
            yield f"row {row}: {rule} expected of {wanted.fields}, found {sorted(named)}"


def _place(finding: Json) -> Place:
    return finding["row"] or 0, finding["rule"]


def _of(expected: Finding) -> Place:
    return expected.row or 0, expected.rule_id
