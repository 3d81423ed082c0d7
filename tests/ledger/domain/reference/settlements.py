"""Settlements, one slot after the other."""

from collections.abc import Iterator

from libs.common.dates import add_months

from .record import Found, Record

_LETTERS_OF_CREDIT = {"10", "11", "12", "19"}


def faults(record: Record) -> Iterator[Found]:
    """Find settlements that cannot be, and point out unusual ones."""
    for slot in record.case.layout.every_slot:
        for theme in (_presence, _timing, _guarantee, _method, _distance):
            yield from theme(record, slot)
    fixed = [slot for slot in record.methods if record.calls_for(slot) == "original_due_date"]
    if len([slot for slot in fixed if record.methods[slot] not in {"70", "71"}]) > 1:
        yield "L083", ("due_date_1", "settlement_method_1")


def _presence(record: Record, slot: int) -> Iterator[Found]:
    method, used = record.methods.get(slot), record.used_slots
    name, principal = f"settlement_method_{slot}", f"settlement_principal_{slot}"
    if method == "60" and len(used) > 1:
        yield "L062", (name,)
    if slot in used and record.blank(name):
        yield "L070", (name,)
    if method not in {None, "60"} and record.blank(principal):
        yield "L070", (principal,)
    if slot in used and used.index(slot) < slot - 1:
        yield "L077", (name,)


def _timing(record: Record, slot: int) -> Iterator[Found]:
    unit, period, due = f"usance_unit_{slot}", f"usance_period_{slot}", f"due_date_{slot}"
    if unit in record.value and record.blank(period):
        yield "L076", (period, unit)
    if period in record.value and record.blank(unit):
        yield "L076", (unit, period)
    usance = unit in record.value or period in record.value
    date = due in record.value
    if usance and date:
        yield "L071", (unit, period, due)
        return
    no_usance, no_date = record.blank(unit) and record.blank(period), record.blank(due)
    match record.calls_for(slot):
        case "longest_usance" if no_usance and no_date:
            yield "L072", (unit, period)
        case "longest_usance" if no_usance and date:
            yield "L075", (due, unit, period)
        case "original_due_date" if no_usance and no_date:
            yield "L073", (due,)
        case "original_due_date" if usance and no_date:
            yield "L075", (unit, period, due)
        case "none" if usance or date:
            yield "L074", (unit, period, due)


def _guarantee(record: Record, slot: int) -> Iterator[Found]:
    method, name = record.methods.get(slot), f"payment_guarantee_code_{slot}"
    if record.value.get(name) == "90" and method and method not in _LETTERS_OF_CREDIT:
        yield "L046", (name, f"settlement_method_{slot}")
    if method in _LETTERS_OF_CREDIT and record.blank(name):
        yield "L047", (name,)


def _method(record: Record, slot: int) -> Iterator[Found]:
    method = record.methods.get(slot)
    if method in {"73", "75", "76", "77", "78"}:
        yield "L079", (f"settlement_method_{slot}",)
    if method == "80":
        yield "L081", (f"settlement_method_{slot}",)


def _distance(record: Record, slot: int) -> Iterator[Found]:
    unit, period = f"usance_unit_{slot}", f"usance_period_{slot}"
    due, shipped = record.day(f"due_date_{slot}"), record.day("last_shipment_date")
    method, length = record.methods.get(slot), record.value.get(period)
    if due and shipped and due < shipped and method not in {None, "73", "75"}:
        yield "L078", (f"due_date_{slot}", "last_shipment_date")
    if method == "80":
        return
    if due and shipped and due >= add_months(shipped, 24):
        yield "L080", (f"due_date_{slot}", "last_shipment_date")
    limit = {"1": 24, "2": 730}.get(str(record.value.get(unit)))
    if isinstance(length, int) and limit and length >= limit:
        yield "L080", (period, unit)
