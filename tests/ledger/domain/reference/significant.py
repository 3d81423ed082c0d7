"""Which changes are significant, and until when they are to be notified."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from libs.common.dates import add_months

from .amended import Outcome, Row
from .request import Request, State, total

_SLOTS = range(1, 6)
_TERMS = ("settlement_method", "payment_guarantee_code", "usance_unit", "usance_period")
_RETENTION, _MILESTONES = {"70", "71"}, {"73", "75", "76"}
_DAY = timedelta(days=1)


def items(request: Request, after: Outcome, group: Sequence[Row]) -> list[int]:
    """Number what makes a change significant."""
    if not request.is_change:
        return []
    found = _alterations(request, request.target, after) if request.target else set()
    if _is_raised(request, after, group):
        found.add(8)
    return sorted(found)


def _alterations(request: Request, before: State, after: Outcome) -> set[int]:
    def differs(*names: str) -> bool:
        return any(after.get(name) != before.get(name) for name in names)

    def replaced(name: str) -> bool:
        return bool(after.get(name) and before.get(name)) and differs(name)

    found: set[int] = set()
    if _is_later(before, after, "last_shipment_date", 3):
        found.add(1)
    if differs("currency_code", *(f"{name}_{slot}" for name in _TERMS for slot in _SLOTS)):
        found.add(2)
    for slot in _SLOTS:
        found |= _postponed(request, before, after, slot)
    if differs("payer_code", "sales_counterparty_code") or replaced("guarantor_code"):
        found.add(5)
    if differs("destination_country", "payment_country") or replaced("guarantee_country"):
        found.add(6)
    return found | ({7} if differs("goods_hs_code") else set())


def _postponed(request: Request, before: State, after: Outcome, slot: int) -> set[int]:
    method, due = after.get(f"settlement_method_{slot}"), f"due_date_{slot}"
    table = request.case.register.tables["settlement_methods"].rows
    if method in _RETENTION:
        return {3} if _is_later(before, after, due, 6) else set()
    if method in _MILESTONES:
        return {4} if _is_later(before, after, due, 3) else set()
    is_dated = method is not None and table[method]["input_method"] == "original_due_date"
    return {2} if is_dated and _is_later(before, after, due, 0) else set()


def _is_later(before: State, after: Outcome, name: str, months: int) -> bool:
    was, becomes = before.get(name), after.get(name)
    return bool(was and becomes and becomes > add_months(was, months))


def _is_raised(request: Request, after: Outcome, group: Sequence[Row]) -> bool:
    currency = after.get("currency_code")
    own = request.source or request.branch
    raises = {
        it_own: gain
        for it_own in {it.source or it.branch for it, _ in group}
        if (gain := _gain([row for row in group if (row[0].source or row[0].branch) == it_own])) > 0
    }
    if own not in raises:
        return False
    of_this_file = total(
        _gain_of_row(it, outcome)
        for it, outcome in group
        if (it.source or it.branch) in raises and outcome.get("currency_code") == currency
    )
    first = [
        state
        for state in request.policy_states
        if state["history_number"] == "00"
        and state["status"] != "CANCELLED"
        and state["currency_code"] == currency
    ]
    declared = total(it["contract_principal"] for it in first if it["processing_type"] == "1")
    before = total(it["contract_principal"] for it in first if it["change_reason"] == "01")
    raised = before + of_this_file
    least = request.case.register.minimum_increase[str(request.value["agreement_code"])]
    rate = Decimal(1) if currency == "000" else after.get("exchange_rate")
    return raised * 20 >= declared and (rate is None or raised * rate >= least)


def _gain(rows: Sequence[Row]) -> Decimal:
    if not all("contract_principal" in it.value for it, _ in rows):
        return Decimal(0)
    return total(_gain_of_row(it, after) for it, after in rows)


def _gain_of_row(request: Request, after: Outcome) -> Decimal:
    before = request.target or {}
    kept = Decimal(0) if request.opens else before["contract_principal"]
    same = request.is_increase or after.get("currency_code") == before.get("currency_code")
    return after["contract_principal"] - kept if request.is_change and same else Decimal(0)


def limits(request: Request, after: Outcome) -> tuple[date | None, date | None]:
    """Find the two limits of notification: after the change, and after what was first declared."""
    changed = request.day("contract_change_date")
    first: Mapping[str, Any] = after if request.is_increase else _first(request, request.source)
    dues = [due for slot in _SLOTS if (due := _due(first, slot))]
    told = add_months(changed, 1) if changed else None
    return told, add_months(max(dues), 1) if dues else None


def _first(request: Request, branch: str | None) -> State:
    states = request.states_of(branch)
    if not states:
        return {}
    first = states[0]
    is_part = first["processing_type"] != "1" and first["change_reason"] != "01"
    part_of = first["original_branch_number"]
    return _first(request, part_of) if is_part and part_of else first


def _due(state: Mapping[str, Any], slot: int) -> date | None:
    shipped = state.get("last_shipment_date")
    if not shipped or state.get(f"settlement_method_{slot}") is None:
        return None
    unit, period = state.get(f"usance_unit_{slot}"), state.get(f"usance_period_{slot}")
    due: date | None = state.get(f"due_date_{slot}")
    if due:
        return due
    if unit == "1" and period:
        return add_months(shipped, period)
    return shipped + _DAY * (period if unit == "2" and period else 30)  # type: ignore[no-any-return]
