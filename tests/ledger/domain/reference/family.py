"""Records of one policy."""

from collections.abc import Iterator, Sequence

from .record import Found, Record, Value

_OF_THE_CONTRACT = (
    "applicant_code",
    "application_date",
    "contract_form",
    "contract_date",
    "contract_number",
)


def faults(record: Record, records: Sequence[Record]) -> Iterator[Found]:
    """Compare a record with the others of its policy."""
    if record.policy is None:
        return
    family = [other for other in records if other.policy == record.policy]
    yield from _branch(record, family)
    for name in _OF_THE_CONTRACT:
        known = [other.value[name] for other in family if name in other.value]
        if name in record.value and record.value[name] != known[0]:
            yield "L037", (name,)
    if len(_distinct(other.value.get("payer_code") for other in family)) > 1:
        yield "L082", ("payer_code",)
    elif len(_distinct(_counterparty(other) for other in family)) > 1:
        yield "L082", ("sales_counterparty_code",)
    if len(_distinct(other.value.get("currency_code") for other in family)) > 1:
        yield "L085", ("currency_code",)


def _branch(record: Record, family: Sequence[Record]) -> Iterator[Found]:
    name = "branch_number"
    entered = [other.value[name] for other in family if name in other.value]
    expected = f"{family.index(record):02d}"
    if len(set(entered)) < len(entered):
        if entered.count(record.value.get(name, "")) > 1:
            yield "L035", (name,)
    elif record.blank(name):
        if len(family) > 1:
            yield "L036", (name,)
    elif record.value.get(name, expected) != expected:
        yield "L036", (name,)


def _counterparty(record: Record) -> Value | None:
    by_default = record.blank("sales_counterparty_code")
    return record.value.get("payer_code" if by_default else "sales_counterparty_code")


def _distinct(values: Iterator[Value | None]) -> set[Value]:
    return {value for value in values if value is not None}
