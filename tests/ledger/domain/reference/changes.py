"""The rule book of changes read aloud: one request after the other, in plain Python, slowly.

States are plain mappings; what a request makes of one is a new mapping beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.ledger.domain.case import Case
from services.ledger.domain.findings import Severity
from services.ledger.domain.layout import CHANGES_EXTENDED

from . import amended, asked, significant, syntax
from .amended import Outcome, Row
from .request import Request, State

Told = tuple[int, str, tuple[int, ...], int | None]
Key = tuple[str, str, str]


def judge(
    rows: Sequence[Mapping[str, str | None]], case: Case
) -> tuple[set[Told], dict[int, dict[str, Any]]]:
    """Judge changes: everything told of them, and the history that results of each good row."""
    wide = replace(case, layout=CHANGES_EXTENDED)
    texts = [dict.fromkeys(CHANGES_EXTENDED.names) | dict(row) for row in rows]
    requests = [Request(number, text, wide) for number, text in enumerate(texts, start=1)]
    known = {_key(state): state for state in case.register.states.to_dicts()}
    for request in requests:
        request.found += [found for found in syntax.faults(request) if found[0] != "L020"]
        request.found += asked.faults(request)
    results: dict[int, dict[str, Any]] = {}
    for group in _groups(requests):
        made = _carry_out(group, known)
        results |= made
        known |= {_key(state): {**known.get(_key(state), {}), **state} for state in made.values()}
    return {told for request in requests for told in _told(request)}, results


def _groups(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """Take what belongs together: the rows of one policy and type, the first ones first."""
    groups: dict[tuple[str, str], list[Request]] = {}
    for request in requests:
        if request.policy_number and request.kind:
            groups.setdefault((request.policy_number, request.kind), []).append(request)
    yield from groups.values()


def _carry_out(group: list[Request], known: Mapping[Key, State]) -> dict[int, dict[str, Any]]:
    """Judge a group by what is known, and give what it makes of it."""
    for request in group:
        own = [state for key, state in known.items() if key[0] == request.policy_number]
        request.policy_states = own
    stopped = [request for request in group if _is_stopped(request, group)]
    going = [it for it in group if it not in stopped and (it.target or _adds(it))]
    outcomes = [(request, amended.outcome(request)) for request in going]
    for request, after in outcomes:
        request.found += amended.faults(request, after, outcomes)
        request.found += _late(request, after, outcomes)
    for request, after in outcomes:
        if not _has_error(request) and amended.changes_nothing(request, after):
            request.found.append(("L128", ("processing_type",)))
    if any(_has_error(request) for request in group):
        for request in group:
            request.found += [] if _has_error(request) else [("L133", ())]
        return {}
    return {it.number: _result(it, after, outcomes) for it, after in outcomes}


def _adds(request: Request) -> bool:
    return request.opens and request.is_increase


def _is_stopped(request: Request, group: Sequence[Request]) -> bool:
    """Add the first reason for which the contract cannot take a request; tell if there is one."""
    for found in asked.refusals(request, group):
        request.found.append(found)
        if request.case.severity(found[0]) is Severity.ERROR:
            return True
    return False


def _late(
    request: Request, after: Outcome, group: Sequence[Row]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    received = request.case.received_on
    told, cover = significant.limits(request, after)
    changed = request.day("contract_change_date")
    if request.is_change and changed and changed > received:
        yield "L131", ("contract_change_date",)
    if significant.items(request, after, group):
        if told and received > told:
            yield "L130", ("contract_change_date",)
        if cover and received > cover:
            yield "L138", ("application_date", "last_shipment_date", "due_date_1")


def _result(request: Request, after: Outcome, group: Sequence[Row]) -> dict[str, Any]:
    items = significant.items(request, after, group)
    limits = [limit for limit in significant.limits(request, after) if limit]
    notify_by = min(limits) if items and limits else None
    return {
        **after,
        **_identity(request),
        **_history(request, after),
        "significant_items": items,
        "notify_by": notify_by,
        "late_notification": notify_by is not None and request.case.received_on > notify_by,
    }


def _identity(request: Request) -> dict[str, Any]:
    target = request.target or {}
    first_upload = None if request.is_change else target["first_upload_id"]
    return {
        "policy_number": request.policy_number,
        "branch_number": request.branch,
        "applicant_code": request.policy_states[0]["applicant_code"],
        "upload_id": None,
        "first_upload_id": first_upload,
        "requested_type": request.kind,
        "opens_branch": request.opens,
    }


def _history(request: Request, after: Outcome) -> dict[str, Any]:
    if request.is_change:
        return _new_history(request, after)
    target = dict(request.target or {})
    if request.kind == "5":
        return {**_said(target), "revision": target["revision"], "status": "CANCELLED"}
    said = _said(target)
    if target["processing_type"] == "2":
        for name in ("change_reason", "contract_change_date"):
            said[name] = request.value.get(name, target[name])
    cleared = {name: target[name] for name in ("finalised", "invoiced", "awaiting_invoice")}
    corrected = {"revision": target["revision"] + 1, "status": _status(after), "marked": False}
    return {**said, **cleared, **corrected}


def _new_history(request: Request, after: Outcome) -> dict[str, Any]:
    numbers = [int(state["history_number"]) for state in request.states_of(request.branch)]
    target = request.target or {}
    changed = request.value["contract_change_date"]
    began = target.get("valid_from")
    facts = ("finalised", "invoiced", "awaiting_invoice", "marked")
    kept = None if request.opens else target["original_branch_number"]
    return {
        "history_number": f"{max(numbers, default=-1) + 1:02d}",
        "revision": 0,
        "status": _status(after),
        "processing_type": "2",
        "change_reason": request.reason,
        "contract_change_date": changed,
        "original_branch_number": request.original if request.opens else kept,
        "application_date": request.value["application_date"],
        "valid_from": max(changed, began) if began else changed,
        **dict.fromkeys(facts, False),
    }


def _said(target: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        "history_number",
        "processing_type",
        "change_reason",
        "contract_change_date",
        "original_branch_number",
        "application_date",
        "valid_from",
    )
    return {name: target[name] for name in names}


def _status(after: Outcome) -> str:
    insured = after["pre_shipment_amount"] + (after["post_shipment_amount"] or 0)
    return "ACTIVE" if insured else "REDUCED_TO_ZERO"


def _key(state: Mapping[str, Any]) -> Key:
    return state["policy_number"], state["branch_number"], state["history_number"]


def _has_error(request: Request) -> bool:
    return any(request.case.severity(rule) is Severity.ERROR for rule, _ in request.found)


def _told(request: Request) -> Iterator[Told]:
    refused = _has_error(request)
    for rule, names in request.found:
        if not (refused and request.case.severity(rule) is Severity.WARNING):
            columns = [request.case.layout[name] for name in names]
            numbers = tuple(sorted({column.item_no for column in columns}))
            yield request.number, rule, numbers, columns[0].slot if columns else None
