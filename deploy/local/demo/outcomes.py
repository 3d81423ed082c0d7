"""The steps that look at what came of the ledgers, in every service."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import httpx

from .client import Json
from .erp import Erp
from .material import TOTO, expected
from .preparing import OPENING
from .story import Scene

_EXPLAINED = "1020010035726000001-00-00-0"
"""The assessment (保険料算定) whose statement is printed."""


def look_before_anything_happens(scene: Scene) -> None:
    """Before the first ledger no buyer was used and no procedure is under way."""
    used = _last_uses(scene.erps[TOTO], expected()["last_uses"][TOTO])
    procedures = [erp.items("/procedures") for erp in scene.erps.values()]

    scene.check("no buyer was used", expected=dict.fromkeys(used), got=used)
    scene.check("no procedure is listed", expected=[[], []], got=procedures)


def find_contracts(scene: Scene) -> None:
    """Contracts (証券) stand with their branches and histories, amounts exact."""
    told = scene.story.facts["contracts"] = []
    for code, erp in scene.erps.items():
        numbers = [it["policy_number"] for it in erp.items("/ledger-contracts")]
        contracts = [erp.read(f"/ledger-contracts/{number}") for number in numbers]
        histories = [erp.read(f"/ledger-contracts/{number}/history") for number in numbers]

        scene.check(
            f"the contracts of {code}",
            expected=expected()["contracts"][code],
            got={it["policy_number"]: _in_short(it) for it in contracts},
        )
        first = [[it["history_number"] for it in known["histories"]] for known in histories]
        branches = [["00"] * len(contract["branches"]) for contract in contracts]
        scene.check("each branch has its first history", expected=branches, got=first)
        told += [{"policyholder_code": code} | contract for contract in contracts]


def assess_premiums(scene: Scene) -> None:
    """Premium (保険料) is assessed to the yen, and every figure of it is explained."""
    premiums = expected()["premiums"]
    ask = partial(_premiums, scene.erps.values())
    scene.check_in_time("every premium to the yen", expected=premiums, ask=ask)

    statement = scene.erps[TOTO].read(f"/assessments/{_EXPLAINED}")
    last = statement["steps"][-1]
    scene.check("its steps end there", expected=premiums[_EXPLAINED], got=last["figure"])
    scene.check("that sample rates went in is said", expected=True, got=statement["sample"])
    scene.story.facts |= {"premiums": ask(), "statement": statement}


def see_buyers_used(scene: Scene) -> None:
    """Buyers (海外商社) know when each policyholder last used them."""
    for code, uses in expected()["last_uses"].items():
        ask = partial(_last_uses, scene.erps[code], uses)
        scene.check_in_time(f"last uses by {code}", expected=uses, ask=ask)
        scene.story.facts.setdefault("last_uses", {})[code] = ask()


def list_policies_and_procedures(scene: Scene) -> None:
    """Every contract is listed as a policy (保険契約), every ledger as a procedure (手続)."""
    for code, erp in scene.erps.items():
        numbers = sorted(expected()["contracts"][code])
        ask = partial(_policy_numbers, erp)
        scene.check_in_time(f"policies of {code}", expected=numbers, ask=ask)

        uploads = [it for it in scene.story.facts["uploads"] if it["sender"] == code]
        statuses = {it["id"]: it["status"] for it in uploads}
        follow = partial(_statuses, erp, statuses)
        scene.check_in_time(f"procedures of {code}", expected=statuses, ask=follow)
        listed = [it | {"policyholder_code": code} for it in erp.items("/procedures")]
        scene.story.facts.setdefault("procedures", []).extend(listed)


def look_back_in_time(scene: Scene) -> None:
    """On the next day the ledger still tells what held when (as_of), and what was known when."""
    scene.staff.set_clock(OPENING + timedelta(days=1))
    number = _EXPLAINED.partition("-")[0]
    asked = {
        "as it stands": {},
        "as it held on 25 August": {"as_of": "2026-08-25"},
        "as it held on 1 July": {"as_of": "2026-07-01"},
        "as it was known at 10:15": {"known_at": OPENING.isoformat()},
        "as it was known at 23:00": {"known_at": OPENING.replace(hour=23).isoformat()},
    }

    answers = {name: _status(scene.erps[TOTO], number, **when) for name, when in asked.items()}

    wanted = dict(zip(asked, (200, 200, 404, 404, 200), strict=True))
    scene.check("each question has its answer", expected=wanted, got=answers)


def keep_to_oneself(scene: Scene) -> None:
    """What is one policyholder's own does not exist for another."""
    number = _EXPLAINED.partition("-")[0]
    paths = (f"/ledger-contracts/{number}", f"/policies/{number}", f"/assessments/{_EXPLAINED}")

    seen = [[erp.http.get(path).status_code for path in paths] for erp in scene.erps.values()]

    scene.check("its owner sees it", expected=[200, 200, 200], got=seen[0])
    scene.check("another does not", expected=[404, 404, 404], got=seen[1])
    stranger = httpx.get(f"{scene.stack.ports.gateway_url}/v1{paths[0]}").status_code
    scene.check("a stranger is not let in", expected=401, got=stranger)


def open_the_reference(scene: Scene) -> None:
    """The reference is where the platform says it is, for people and for machines."""
    paths = ("/docs", "/openapi.json", "/asyncapi.json", "/problems", "/.well-known/jwks.json")

    answers = {path: httpx.get(scene.stack.ports.gateway_url + path).status_code for path in paths}

    scene.check("each page is there", expected=dict.fromkeys(paths, 200), got=answers)


def _in_short(contract: Json) -> Json:
    return {
        "status": contract["status"],
        "branches": {
            it["branch_number"]: [it["history_number"], it["status"], it["destination_country"]]
            for it in contract["branches"]
        },
        "totals": {it["currency_code"]: it["contract_principal"] for it in contract["totals"]},
    }


def _last_uses(erp: Erp, buyer_codes: Iterable[str]) -> dict[str, str | None]:
    return {code: erp.read(f"/buyers/{code}")["last_used_on"] for code in buyer_codes}


def _premiums(erps: Iterable[Erp]) -> dict[str, str | None]:
    made = [it for erp in erps for it in erp.items("/assessments")]
    return {it["assessment_id"]: it["premium"] and it["premium"]["amount"] for it in made}


def _policy_numbers(erp: Erp) -> list[str]:
    return sorted(it["policy_number"] for it in erp.items("/policies"))


def _statuses(erp: Erp, upload_ids: Iterable[str]) -> dict[str, str | None]:
    """How far the procedures of these uploads are, as underwriting has heard."""
    listed = {it["reference_id"]: it["status"] for it in erp.items("/procedures")}
    return {upload_id: listed.get(upload_id) for upload_id in upload_ids}


def _status(erp: Erp, policy_number: str, **when: str) -> int:
    return erp.http.get(f"/ledger-contracts/{policy_number}", params=when).status_code
