"""What a request says by itself, and whether its contract can take it."""

from collections.abc import Iterator, Sequence

from .record import Found
from .request import MAY_BE_EMPTY, SHIPMENT, Request, State

_ALWAYS = ("processing_type", "branch_office_code", "agreement_code", "fiscal_year")
_MANDATORY = (*_ALWAYS, "serial_number", "applicant_code", "application_date")
_OF_A_CANCELLATION = {*_MANDATORY, "branch_number", "history_number"}


def faults(request: Request) -> Iterator[Found]:
    """Find what a request misses or says too much."""
    yield from _mandatory(request)
    yield from _needless(request)
    if request.kind in {"2", "3", "4"}:
        yield from _block(request, "shipment_flag", SHIPMENT, ("L121", "L122"))
        for slot in request.case.layout.every_slot:
            names = request.settlement_names(slot)
            yield from _block(request, f"settlement_flag_{slot}", names, ("L124", "L125"))


def _mandatory(request: Request) -> Iterator[Found]:
    needed = [*_MANDATORY]
    if request.is_change:
        needed += ["contract_change_date", "change_reason"]
    for name in needed:
        if not request.entered(name):
            yield "L109", (name,)
    if request.kind == "5" and not request.entered("history_number"):
        yield "L104", ("history_number",)


def _needless(request: Request) -> Iterator[Found]:
    for name in sorted(request.emptied):
        if request.case.layout[name].item_no not in MAY_BE_EMPTY:
            yield "L132", (name,)
    for column in request.case.layout.columns:
        ignored = request.kind == "5" and column.field not in _OF_A_CANCELLATION
        if ignored and request.entered(column.name):
            yield "L127", (column.name,)
    if request.kind in {"3", "4"} and request.entered("original_branch_number"):
        yield "L127", ("original_branch_number",)
    if request.day("application_date") not in {None, request.case.received_on}:
        yield "L053", ("application_date",)
    if request.day("first_shipment_date"):
        yield "L055", ("first_shipment_date",)


def _block(
    request: Request, flag: str, names: Sequence[str], rules: tuple[str, str]
) -> Iterator[Found]:
    entered = [name for name in names if request.entered(name)]
    if entered and not request.entered(flag) and not request.is_increase:
        yield rules[0], (flag,)
    if request.value.get(flag) in {"2", "3"} and not entered:
        yield rules[1], (flag,)
    if request.value.get(flag) == "1":
        for name in entered:
            yield "L123", (name,)


def refusals(request: Request, group: Sequence[Request]) -> Iterator[Found]:
    """Find why the contract cannot take a request; the first reason that refuses ends it."""
    same = [it for it in group if it.branch is not None and it.branch == request.branch]
    if len(same) > 1:
        yield "L035", ("branch_number",)
    if not request.policy_states:
        yield "L101", ("serial_number",)
    elif request.is_change:
        yield from _of_the_contract(request)
        yield from _of_the_branch(request)
        yield from _over(request)
    else:
        yield from _of_the_history(request, group)


def _of_the_contract(request: Request) -> Iterator[Found]:
    standing = [state for state in request.policy_states if state["status"] != "CANCELLED"]
    if any(state["marked"] for state in standing):
        yield "L107", ("serial_number",)
    elif not all(state["finalised"] for state in standing if state["processing_type"] == "1"):
        yield "L108", ("serial_number",)


def _of_the_branch(request: Request) -> Iterator[Found]:
    original = ("original_branch_number",)
    if request.opens:
        is_part = request.branch is not None and request.reason not in {"", "01"}
        if is_part and not request.entered(*original):
            yield "L112", original
        if request.original and not request.states_of(request.original):
            yield "L113", original
        return
    if request.original:
        yield "L114", original
    if request.is_increase:
        yield "L118", ("branch_number",)


def _is_active(request: Request, branch: str | None) -> bool:
    latest = request.latest(branch)
    return latest is not None and latest["status"] == "ACTIVE"


def _over(request: Request) -> Iterator[Found]:
    branches = {state["branch_number"] for state in request.policy_states}
    built_on = request.branch if not request.opens else request.original
    is_new = request.opens and request.reason in {"", "01"} and not request.original
    is_new |= request.is_increase and request.opens
    over = built_on in branches and not is_new and not _is_active(request, built_on)
    if over or not any(_is_active(request, branch) for branch in branches):
        yield "L134", ("serial_number",)


def _of_the_history(request: Request, group: Sequence[Request]) -> Iterator[Found]:
    target = request.target
    if request.branch is not None and not request.states_of(request.branch):
        yield "L102", ("branch_number",)
    if target is None and request.branch is not None and "history_number" in request.value:
        yield "L103", ("history_number",)
    if target is not None and target["upload_id"] is None:
        yield "L103", ("history_number",)
    if target is not None:
        yield from _of_the_invoice(request, target)
    yield from _over(request)
    if target is not None and target["status"] == "CANCELLED":
        yield "L134", ("history_number",)
    if request.kind == "5" and target is not None:
        yield from _not_the_whole(request, group)


def _of_the_invoice(request: Request, target: State) -> Iterator[Found]:
    invoiced, awaiting = target["invoiced"], target["awaiting_invoice"]
    if request.kind in {"4", "5"} and (invoiced or awaiting):
        yield "L105", ("processing_type",)
    if request.kind == "3" and (awaiting or not invoiced):
        yield "L106", ("processing_type",)


def _not_the_whole(request: Request, group: Sequence[Request]) -> Iterator[Found]:
    latest, target = request.latest(request.branch), request.target
    if latest is not None and target is not None:
        if target["history_number"] != latest["history_number"]:
            yield "L135", ("history_number",)
        whole = [it for it in request.policy_states if _made_with(it, target)]
        asked = [it for it in group if it.target is not None and _made_with(it.target, target)]
        if len(asked) < len([it for it in whole if it["status"] != "CANCELLED"]):
            yield "L135", ("history_number",)


def _made_with(state: State, other: State) -> bool:
    return _change_set(state) is not None and _change_set(state) == _change_set(other)


def _change_set(state: State) -> tuple[str | None, str] | None:
    if state["processing_type"] != "2":
        return None
    is_part = state["history_number"] == "00" and state["change_reason"] != "01"
    part_of = state["original_branch_number"] if is_part else None
    return state["first_upload_id"], part_of or state["branch_number"]
