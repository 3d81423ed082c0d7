"""A contract as the interface answers it, in the words of the cases, beside what it should be.

Shape: ledger notes §17 (state objects): every history with its complete values, blanks left out.
"""

from collections.abc import Iterator
from typing import Any

from deploy.local.demo.client import Json

_OF_A_HISTORY = (
    "history_number",
    "processing_type",
    "change_reason",
    "contract_change_date",
    "application_date",
    "revision",
)
_NO_VALUES = {
    *_OF_A_HISTORY,
    "branch_number",
    "original_branch_number",
    "status",
    "valid_from",
    "valid_to",
    "known_from",
    "known_to",
    "upload_id",
    "upload_row",
    "significant_items",
    "notify_by",
    "late_notification",
    "finalised_on",
    "invoiced_on",
}


def policy_number(told: str) -> str:
    """Write a policy number without the dashes that make it readable."""
    return told.replace("-", "")


def as_told(contract: Json, histories: list[Json]) -> Json:
    """Say a contract with all its histories in the words of the cases."""
    number = contract["policy_number"]
    return {
        "policy_number": f"{number[:2]}-{number[2:11]}-{number[11:13]}-{number[13:]}",
        "applicant_code": contract["applicant_code"],
        "status": contract["status"].lower(),
        "branches": [_branch(it, histories) for it in contract["branches"]],
        "totals_by_currency": {
            it["currency_code"]: {name: it[name] for name in it if name != "currency_code"}
            for it in contract["totals"]
        },
    }


def significant_items(histories: list[Json], upload_id: str) -> list[str] | None:
    """List what made an upload's changes of a contract significant (重大な変更), if it has any."""
    brought = [it for it in histories if it["upload_id"] == upload_id]
    if not brought:
        return None
    return sorted({str(item) for it in brought for item in it["significant_items"]})


def differences(expected: Any, found: Any, place: str = "") -> Iterator[str]:
    """Say where one value differs from another, each place on its own."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted(expected.keys() | found.keys()):
            yield from differences(expected.get(name), found.get(name), f"{place}.{name}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for n, (wanted, given) in enumerate(zip(expected, found, strict=True)):
            yield from differences(wanted, given, f"{place}[{n}]")
    elif expected != found:
        yield f"{place.lstrip('.')}: expected {expected!r}, found {found!r}"


def _branch(current: Json, histories: list[Json]) -> Json:
    own = [it for it in histories if it["branch_number"] == current["branch_number"]]
    is_cancelled = current["status"] == "CANCELLED"
    return {
        "branch_number": current["branch_number"],
        "original_branch_number": own[0]["original_branch_number"],
        "status": current["status"].lower(),
        "current_history_number": None if is_cancelled else current["history_number"],
        "histories": [_history(it) for it in own],
    }


def _history(history: Json) -> Json:
    # That a branch is reduced to zero the cases say of the branch, not of its history.
    status = "cancelled" if history["status"] == "CANCELLED" else "active"
    plain = {
        name: "1" if value is True else value
        for name, value in history.items()
        if name not in _NO_VALUES and value not in (None, False)
    }
    settlements = [
        {name: value for name, value in it.items() if value is not None}
        for it in history["settlements"]
    ]
    values = plain | {"settlements": settlements}
    return {name: history[name] for name in _OF_A_HISTORY} | {"status": status, "values": values}
