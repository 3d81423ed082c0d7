"""The steps after a payment that did not come: notices, the buyer's fall, cover refused."""

from datetime import datetime
from functools import partial

import httpx

from .client import Json, fresh_key, granted
from .erp import Erp
from .ledgers import handed_in_late
from .material import NEW_COVER, TOTO
from .story import Scene

OVERDUE = datetime.fromisoformat("2027-02-10T10:15:00+09:00")
"""Thirteen days after the first contract's payment was due."""

PAYER = "3344550"
_NOTICE = {
    "kind": "POST_SHIPMENT",
    "policy_number": "1020010035726000001",
    "branch_number": "00",
    "settlement_slot": 1,
    "buyer_code": PAYER,
    "unpaid": {"amount": "250000.00", "currency": "USD"},
    "cause": "14",
    "shipped_on": "2026-10-30",
    "due_on": "2027-01-28",
}
_LATE = _NOTICE | {
    "policy_number": "1020010035726000002",
    "buyer_code": "1234560",
    "unpaid": {"amount": "9000000", "currency": "JPY"},
    "shipped_on": "2026-11-30",
    "due_on": "2026-12-10",
}
_ESTIMATE = {
    "agreement_code": "200100357",
    "buyer_code": PAYER,
    "contract_date": "2027-02-01",
    "last_shipment_date": "2027-04-30",
    "currency": "USD",
    "pre_shipment_amount": "238500.50",
    "post_shipment_amount": "250000.00",
    "destination_country": "304",
    "settlements": [{"settlement_method": "41", "usance_unit": "2", "usance_period": "90"}],
}


def file_a_loss_notice(scene: Scene) -> None:
    """In February a payment is overdue: a loss notice (損失等発生通知) is filed in its 45 days."""
    erp = scene.erps[TOTO]
    before = granted(erp.create("/estimates", _ESTIMATE))
    scene.check("until then its buyer is good", expected="EE", got=before["rating"])
    scene.staff.set_clock(OVERDUE)

    draft = granted(erp.create("/loss-notices", _NOTICE))
    filed = granted(_submitted(erp, draft))

    shown = (filed["status"], filed["deadline_on"], filed["allowed_actions"])
    wanted = ("SUBMITTED", "2027-03-15", ["WITHDRAW", "COPY"])
    scene.check("it is filed in time", expected=wanted, got=shown)
    scene.story.facts["loss_notices"] = [filed]


def refuse_a_late_notice(scene: Scene) -> None:
    """Another comes after its 45 days: refused, with the deadline and what can be done."""
    erp = scene.erps[TOTO]
    draft = granted(erp.create("/loss-notices", _LATE))

    answer = _submitted(erp, draft)

    problem = answer.json()
    shown = (answer.status_code, problem["reason"])
    scene.check("it is too late", expected=(422, "deadline-passed"), got=shown)
    told = {"deadline_on": "2027-01-25", "days_late": "16"}
    scene.check("by how much is said", expected=told, got=problem["errors"][0]["params"])
    scene.story.facts["too_late"] = problem


def lower_the_buyer(scene: Scene) -> None:
    """The buyer falls to an accident class (事故管理区分) for everybody, at once."""
    for code, erp in scene.erps.items():
        ask = partial(_rating, erp)
        scene.check_in_time(f"its rating, as {code} sees it", expected="ER", ask=ask)
    ask_procedures = partial(_procedures, scene.erps[TOTO])
    scene.check_in_time("the notice is a procedure", expected=["SUBMITTED"], ask=ask_procedures)


def refuse_new_cover(scene: Scene) -> None:
    """New cover on that buyer is refused, in the estimate and in the ledger alike."""
    erp = scene.erps[TOTO]
    scene.check_in_time(
        "no estimate",
        expected=(422, "rating-not-covered"),
        ask=lambda: _refusal(erp.create("/estimates", _ESTIMATE)),
    )
    scene.check_in_time(
        "no contract",
        expected=["L140"],
        ask=lambda: _errors(handed_in_late(scene, "new cover", NEW_COVER)[1]),
    )


def _submitted(erp: Erp, draft: Json) -> httpx.Response:
    seen = {"If-Match": f'"{draft["version"]}"', "Idempotency-Key": fresh_key()}
    return erp.http.post(f"/loss-notices/{draft['id']}/submit", headers=seen)


def _rating(erp: Erp) -> str | None:
    rating: str | None = erp.read(f"/buyers/{PAYER}")["rating"]
    return rating


def _procedures(erp: Erp) -> list[str]:
    listed = erp.items("/procedures")
    return [it["status"] for it in listed if "loss-notices" in it["resource_url"]]


def _refusal(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("reason")


def _errors(findings: list[Json]) -> list[str]:
    return sorted({it["rule"] for it in findings if it["severity"] == "ERROR"})
