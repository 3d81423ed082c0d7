"""What a change makes of the state it addresses, and whether the outcome may stand."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from services.ledger.domain.states import CONTENT

from . import amounts, contract, settlements
from .record import Found, Record
from .request import SETTLEMENT, Request, State, total

Outcome = dict[str, Any]
Row = tuple[Request, Outcome]

_INSURED = ("pre_shipment_amount", "post_shipment_amount")
_NEEDED_ANEW = (
    "contract_form",
    "contract_date",
    "contract_number",
    "contract_principal",
    "currency_code",
    "goods_hs_code",
    "delivery_terms",
    "destination_country",
    "payment_country",
    "payer_code",
    "last_shipment_date",
    "pre_shipment_amount",
)
_NOT_OF_CHANGES = {"L052", "L053", "L055", "L077"}
_ITEMS_OF_REASONS = {
    "01": _INSURED,
    "02": _INSURED,
    "03": ("currency_code",),
    "04": ("goods_hs_code",),
    "05": ("contract_form",),
    "06": ("last_shipment_date",),
    "10": ("payment_country", "guarantee_country"),
    "11": ("sales_country",),
    "12": ("destination_country",),
    "13": ("payer_code", "guarantor_code"),
    "14": ("sales_counterparty_code",),
    **dict.fromkeys(("15", "16", "17"), SETTLEMENT),
}


def outcome(request: Request) -> Outcome:
    """Lay a request over the state it addresses; what it leaves unclear is missing."""
    before = request.target or {}
    after: Outcome = {}
    for column in CONTENT:
        if request.kind == "5":
            after[column.name] = before[column.name]
        elif not request.is_unclear(column.name):
            after[column.name] = _laid(request, before, column.name, column.slot)
    if request.kind != "5":
        _fill_in(request, after)
    return after


def _laid(request: Request, before: State, name: str, slot: int | None) -> Any:
    is_flag = name in {"other_insurance_flag", "effectuation_condition_flag"}
    if slot is not None and request.value.get(f"settlement_flag_{slot}") == "1":
        return None
    if name in _INSURED and request.value.get("shipment_flag") == "1":
        return Decimal(0)
    if name in request.value:
        return True if is_flag else request.value[name]
    if name in request.emptied or (slot is not None and _has_no_use(request, name, slot)):
        return False if is_flag else None
    return bool(before.get(name)) if is_flag else before.get(name)


def _has_no_use(request: Request, name: str, slot: int) -> bool:
    """A new method does not call for what was known."""
    method, calls_for = request.methods.get(slot), request.calls_for(slot)
    if method is None or name.startswith("settlement_method"):
        return False
    if name.startswith("usance"):
        return calls_for != "longest_usance"
    if name.startswith("due_date"):
        return calls_for != "original_due_date"
    return method == "60"


def _fill_in(request: Request, after: Outcome) -> None:
    for name in ("insured_code", "beneficiary_code"):
        if name in request.emptied or (request.is_increase and not request.entered(name)):
            after[name] = request.value.get("applicant_code")
    like = {"sales_country": "payment_country", "sales_counterparty_code": "payer_code"}
    for name, other in like.items():
        if request.is_increase and request.text[name] is None:
            after[name] = after.get(other)


def faults(request: Request, after: Outcome, group: Sequence[Row]) -> Iterator[Found]:
    """Find what is wrong with a request now that its outcome is known."""
    before = request.target or {}
    if request.value.get("applicant_code") not in {
        None,
        request.policy_states[0]["applicant_code"],
    }:
        yield "L137", ("applicant_code",)
    if request.kind == "5":
        return
    yield from _numbers(request, group)
    yield from _flags(request, before, after)
    yield from _restated(request, after)
    yield from _of_the_set(request, after, group)
    yield from _content(request, before, after)


def _numbers(request: Request, group: Sequence[Row]) -> Iterator[Found]:
    if request.is_increase:
        for name in _NEEDED_ANEW:
            if not request.entered(name):
                yield "L110", (name,)
        slots = request.case.layout.every_slot
        if not any(request.entered(name) for n in slots for name in request.settlement_names(n)):
            yield "L110", ("settlement_method_1",)
    used = request.states_of(request.branch)
    following = int(used[-1]["history_number"]) + 1 if used else 0
    given = request.value.get("history_number")
    if request.is_change and (following > 99 or (given and int(str(given)) != following)):
        yield "L111", ("history_number",)
    opening = [it.number for it, _ in group if it.opens]
    last = max(int(state["branch_number"]) for state in request.policy_states)
    following = last + 1 + opening.index(request.number) if request.opens else 0
    if request.opens and request.branch and int(request.branch) != following:
        yield "L115", ("branch_number",)


def _flags(request: Request, before: State, after: Outcome) -> Iterator[Found]:
    flag = request.value.get("shipment_flag")
    if flag and (flag == "3") == bool(before):
        yield "L126", ("shipment_flag",)
    for slot in request.case.layout.every_slot:
        flag = request.value.get(f"settlement_flag_{slot}")
        if flag and (flag == "3") == bool(before.get(f"settlement_method_{slot}")):
            yield "L126", (f"settlement_flag_{slot}",)
    remaining = [after.get(f"settlement_method_{n}") for n in request.case.layout.every_slot]
    if request.value.get("shipment_flag") == "1" and any(remaining):
        yield "L139", ("shipment_flag", "settlement_flag_1")


def _restated(request: Request, after: Outcome) -> Iterator[Found]:
    if request.is_change and request.reason == "03":
        methods = {n: after.get(f"settlement_method_{n}") for n in request.case.layout.every_slot}
        needed = ["currency_code", "pre_shipment_amount"]
        needed += [] if "60" in methods.values() else ["post_shipment_amount"]
        needed += [
            f"settlement_principal_{n}" for n, it in methods.items() if it not in {None, "60"}
        ]
        for name in needed:
            if not request.entered(name):
                yield "L119", (name,)
    if _leaves_the_principal(request, after):
        yield "L136", ("contract_principal",)


def _leaves_the_principal(request: Request, after: Outcome) -> bool:
    before = request.target or {}
    differs = any(after.get(name) != before.get(name) for name in _INSURED)
    amends = request.is_change and not request.is_increase
    return amends and differs and not request.entered("contract_principal")


def _set_of(request: Request, group: Sequence[Row]) -> list[Row]:
    own = request.source or request.branch
    return [(it, after) for it, after in group if (it.source or it.branch) == own]


def _of_the_set(request: Request, after: Outcome, group: Sequence[Row]) -> Iterator[Found]:
    if not request.is_change:
        return
    rows = _set_of(request, group)
    reasons = {it.reason for it, _ in rows if it.reason}
    before = request.target or {}
    if not request.is_increase:
        totals = [_totals(name, rows, before) for name in _INSURED]
        known = [pair for pair in totals if pair]
        free = request.reason in {"", "02", "03", "99"}
        if len(reasons) > 1 or (not free and any(new != old for new, old in known)):
            yield "L116", _INSURED
        falls = any(new < old for new, old in known) and not any(new > old for new, old in known)
        if request.reason == "02" and len(reasons) == 1 and len(known) == 2 and not falls:
            yield "L117", _INSURED
    fields = _ITEMS_OF_REASONS.get(request.reason)
    if fields and not any(_changes(it, outcome, fields) for it, outcome in rows):
        yield "L129", ("change_reason",)


def _totals(name: str, rows: Sequence[Row], before: State) -> tuple[Decimal, Decimal] | None:
    if any(it.is_unclear(name) for it, _ in rows):
        return None
    kept = [before[name]] if all(it.opens for it, _ in rows) else []
    return total([*(after[name] for _, after in rows), *kept]), total([before[name]])


def _changes(request: Request, after: Outcome, fields: Sequence[str]) -> bool:
    before = request.target or {}
    return any(
        after.get(column.name) != before.get(column.name)
        for column in CONTENT
        if column.field in fields
    )


def changes_nothing(request: Request, after: Outcome) -> bool:
    """All would be as it was."""
    before = request.target or {}
    of_the_change = ("change_reason", "contract_change_date")
    was_changed = request.kind in {"3", "4"} and before.get("processing_type") == "2"
    corrected = was_changed and any(
        name in request.value and request.value[name] != before[name] for name in of_the_change
    )
    fields = [column.field for column in CONTENT]
    return request.kind != "5" and not corrected and not _changes(request, after, fields)


def _content(request: Request, before: State, after: Outcome) -> Iterator[Found]:
    record = _as_record(request, after)
    found = [
        *contract.faults_of_content(record),
        *amounts.faults(record),
        *settlements.faults(record),
        *_unsettled(record, increases=request.is_increase),
    ]
    reason = _reason(request, before)
    for rule, names in found:
        excused = rule in {"L064", "L065"} and _leaves_the_principal(request, after)
        excused |= rule == "L066" and reason == "02"
        if rule not in _NOT_OF_CHANGES and not excused:
            yield rule, names


def _reason(request: Request, before: State) -> Any:
    if request.is_change:
        return request.reason
    if before.get("processing_type") == "2" and request.reason:
        return request.reason
    return before.get("change_reason")


def _unsettled(record: Record, *, increases: bool) -> Iterator[Found]:
    """A change may delete every settlement, and then nothing may be due."""
    if not record.used_slots and not increases:
        insured = record.amount("post_shipment_amount")
        if record.blank("post_shipment_amount"):
            yield "L060", ("post_shipment_amount",)
        elif insured:
            yield "L063", ("post_shipment_amount", "settlement_principal_1")


def _as_record(request: Request, after: Outcome) -> Record:
    """See an outcome as a record: flags as they are written, unclear items as broken ones."""
    shown = {name: "1" if value is True else value for name, value in after.items()}
    there = {name: it for name, it in shown.items() if it is not None and it is not False}
    text: dict[str, str | None] = dict.fromkeys(request.case.layout.names)
    text |= {name: str(value) for name, value in there.items()}
    unclear = [column.name for column in CONTENT if request.is_unclear(column.name)]
    text |= dict.fromkeys(unclear, "?")
    return Record(request.number, text, request.case, value=there)
