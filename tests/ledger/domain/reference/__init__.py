"""The rule book read aloud: one record after the other, in plain Python, slowly.

Nothing here is shared with the engine but layouts, terms, severities and the registers, so that
the two can only agree by both being right.
"""

from collections.abc import Iterator, Mapping, Sequence

from services.ledger.domain.case import Case
from services.ledger.domain.findings import Severity

from . import amounts, contract, family, settlements, syntax
from .record import Record

Told = tuple[int, str, tuple[int, ...], int | None]


def judge(
    applications: Sequence[Mapping[str, str | None]], case: Case
) -> tuple[set[Told], list[int]]:
    """Judge applications: everything told of them, and the rows accepted."""
    records = [Record(number, text, case) for number, text in enumerate(applications, start=1)]
    for record in records:
        record.found += syntax.faults(record)
        record.found += contract.faults(record)
        record.found += amounts.faults(record)
        record.found += settlements.faults(record)
    for record in records:
        record.found += family.faults(record, records)
    refused = [record for record in records if _has_error(record)]
    for record in records:
        if record not in refused and record.policy in [other.policy for other in refused]:
            record.found += [("L133", ())] if record.policy else []
    accepted = [record.number for record in records if not _has_error(record)]
    return {told for record in records for told in _told(record)}, accepted


def _has_error(record: Record) -> bool:
    return any(record.case.severity(rule) is Severity.ERROR for rule, _ in record.found)


def _told(record: Record) -> Iterator[Told]:
    refused = _has_error(record)
    for rule, names in record.found:
        if not (refused and record.case.severity(rule) is Severity.WARNING):
            columns = [record.case.layout[name] for name in names]
            numbers = tuple(sorted({column.item_no for column in columns}))
            yield record.number, rule, numbers, columns[0].slot if columns else None
