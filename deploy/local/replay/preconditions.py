"""Preconditions (前提): a case's contracts are applied for, checked, made final and invoiced.

Every step is the real one, taken by those who take it: the holder hands in, staff publish, mark
and hold, the clock closes the month, premium invoices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from deploy.local.demo.client import Json, until
from libs.common.dates import JAPAN, last_business_days

from .cases import Case, Form
from .scene import Scene
from .told import OfOnePolicy, Preconditions

_MORNING, _EVENING = time(9), time(18)
_WHY = {"reason_ja": "事例の前提", "reason_en": "The case wants it so"}
_CHANGE_COLUMNS = 57


@dataclass(frozen=True, slots=True)
class Wanted:
    """How far a policy has come when the case begins."""

    policy_number: str
    status: str
    is_invoiced: bool
    is_cancelled: bool


def wanted(case: Case, base: Form) -> list[Wanted]:
    """Say how far each policy of the base is to come; what is said of a serial counts first."""
    numbers = dict.fromkeys(number for number, *_ in base.rows())
    return [_wanted(case.preconditions, number) for number in numbers]


def _wanted(told: Preconditions, number: str) -> Wanted:
    own = told.per_serial.get(number[-6:], OfOnePolicy())
    status = own.application_status or ("finalised" if own.finalised else told.application_status)
    known = own if own.tells_of_invoice else told
    return Wanted(number, status, is_invoiced=known.is_invoiced, is_cancelled=own.cancelled)


def bring_about(scene: Scene, case: Case, base: Form) -> list[str]:
    """Bring about what goes before a case; gives what could not be."""
    scene.move_clock(case.begins_at)
    upload = scene.hand_in(case, base, case.begins_at, mode="SUBMIT")
    if upload["status"] != "APPLIED" or upload["rejected_count"]:
        findings = scene.erp_of(case).findings(upload)
        return [f"base not applied: {upload['status']}, {[it['rule'] for it in findings]}"]
    policies = wanted(case, base)
    problems = _cancel(scene, case, base, [it for it in policies if it.is_cancelled])
    open_ones = [it for it in policies if not it.is_cancelled]
    if any(it.status != "reconciling" for it in open_ones):
        _check(scene, case, open_ones)
    final = [it for it in open_ones if it.status == "finalised"]
    if final:
        problems += _finalise(scene, case, final)
    return problems


def _check(scene: Scene, case: Case, policies: Sequence[Wanted]) -> None:
    """Publish the check ledgers; mark what is in error, hold what is not to become final."""
    scene.move_clock(_on(case.begins_at.date() + timedelta(days=1), _MORNING))
    lines: dict[str, str] = {}
    for agreement in {it.policy_number[2:11] for it in policies}:
        wish = {"policyholder_code": scene.sender_of(case), "agreement_code": agreement}
        ledger = scene.staff.create("/check-ledgers", wish)
        found = scene.erp_of(case).items(f"/check-ledgers/{ledger['id']}/lines", limit=100)
        lines |= {it["policy_number"]: it["id"] for it in found}
    decision = {"policyholder_code": scene.sender_of(case), **_WHY}
    for it in policies:
        if it.status == "error":
            scene.staff.create(f"/check-ledger-lines/{lines[it.policy_number]}/mark", decision)
        elif it.status == "reconciling":
            scene.staff.create(f"/ledger-contracts/{it.policy_number}/hold", decision)


def _finalise(scene: Scene, case: Case, policies: Sequence[Wanted]) -> list[str]:
    """Close the month, and wait for the invoice unless it is not to come."""
    invoiced = {it.is_invoiced for it in policies}
    if len(invoiced) > 1:
        return ["what becomes final in one month is invoiced together"]
    if invoiced == {False}:
        scene.stack.service("premium").process.stop()
    closing = _closing_day(case)
    scene.move_clock(_on(closing, _EVENING))
    for agreement in {it.policy_number[2:11] for it in policies}:
        wish = {"policyholder_code": scene.sender_of(case), "agreement_code": agreement}
        scene.staff.create("/fixed-ledgers", wish | {"month": f"{closing:%Y-%m}"})
    known = "invoiced_on" if invoiced == {True} else "finalised_on"
    late = until(lambda numbers: not numbers, lambda: _without(scene, case, policies, known))
    return [f"{number} has no {known}" for number in late]


def _closing_day(case: Case) -> date:
    """Find the day on which the case's contracts become final: as told, or the month's last one."""
    if told := case.preconditions.finalised_at:
        return told
    shown = case.begins_at.date() + timedelta(days=1)
    return last_business_days(shown, 1)[0]


def _without(scene: Scene, case: Case, policies: Sequence[Wanted], member: str) -> list[str]:
    erp = scene.erp_of(case)
    return [
        it.policy_number
        for it in policies
        for history in erp.read(f"/ledger-contracts/{it.policy_number}/history")["histories"]
        if history[member] is None
    ]


def _cancel(scene: Scene, case: Case, base: Form, policies: Sequence[Wanted]) -> list[str]:
    """Cancel the contracts that were applied for by mistake (取消)."""
    numbers = {it.policy_number for it in policies}
    rows = [row for row in base.rows() if row[0] in numbers]
    if not rows:
        return []
    content = "".join(_cancellation(row, case.begins_at) for row in rows).encode("cp932")
    upload: Json = scene.erp_of(case).hand_in(
        content,
        scene.file_name(case, case.begins_at, ".csv"),
        declared_count=str(len(numbers)),
        mode="SUBMIT",
    )
    is_done = upload["status"] == "APPLIED" and not upload["rejected_count"]
    return [] if is_done else [f"cancellation not applied: {upload['status']}"]


def _cancellation(row: tuple[str, str, str], at: datetime) -> str:
    number, branch, applicant = row
    parts = (number[:2], number[2:11], number[11:13], number[13:])
    filled = ["5", *parts, branch, "00", applicant, "", "", "", f"{at:%y%m%d}"]
    return ",".join(filled + [""] * (_CHANGE_COLUMNS - len(filled))) + "\r\n"


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at, JAPAN)
