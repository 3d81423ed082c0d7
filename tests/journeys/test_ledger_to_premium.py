"""One ledger's way through the platform: contract, premium, policy, procedure, buyer."""

from dataclasses import dataclass
from typing import Any

import pytest

from deploy.local.demo.client import until
from deploy.local.demo.erp import Erp
from deploy.local.demo.material import expected
from tests.journeys import given

pytestmark = pytest.mark.xdist_group("platform")

PAYER, NEVER_NAMED = "3344550", "6543210"


@dataclass(frozen=True)
class Applied:
    """A contract that was applied for, and the ledger it came in."""

    policy_number: str
    upload: dict[str, Any]


@pytest.fixture(scope="module")
def applied(toto: Erp) -> Applied:
    """東都機械貿易 has applied for one contract."""
    number = given.policy_number()
    return Applied(number, given.applied(toto, number))


def test_an_applied_contract_stands_with_its_first_history(toto: Erp, applied: Applied) -> None:
    """Given an applied ledger, when its contract is read, then branch 00 has history 00."""
    contract = toto.read(f"/ledger-contracts/{applied.policy_number}")

    [branch] = contract["branches"]
    assert (branch["branch_number"], branch["history_number"]) == ("00", "00")
    assert branch["contract_principal"] == "250000"
    assert contract["upload_id"] == applied.upload["id"]


def test_a_contract_gets_its_premium_to_the_yen(toto: Erp, applied: Applied) -> None:
    """Given an applied contract, when premium has heard of it, then its premium is exact."""
    [made] = until(bool, lambda: toto.items("/assessments", policy_number=applied.policy_number))

    statement = toto.read(f"/assessments/{made['assessment_id']}")

    premium = expected()["premiums"]["1020010035726000001-00-00-0"]
    assert statement["premium"] == {"amount": premium, "currency": "JPY"}
    assert statement["steps"][-1]["figure"] == premium


def test_a_contract_becomes_a_policy(toto: Erp, applied: Applied) -> None:
    """Given an applied contract, when underwriting has heard of it, then it is in force."""
    path = f"/policies/{applied.policy_number}"

    answer = until(lambda it: it.is_success, lambda: toto.http.get(path))

    assert answer.json()["status"] == "IN_FORCE"


def test_an_applied_ledger_is_a_finished_procedure(toto: Erp, applied: Applied) -> None:
    """Given an applied ledger, when its procedure is looked up, then it is finished."""
    procedures = until(
        lambda found: applied.upload["id"] in found,
        lambda: {it["reference_id"]: it for it in toto.items("/procedures", finished=True)},
    )

    procedure = procedures[applied.upload["id"]]
    assert procedure["status"] == "APPLIED"
    assert procedure["resource_url"] == f"/v1/ledger-uploads/{applied.upload['id']}"


def test_a_buyer_knows_who_used_it_last_and_when(toto: Erp, naniwa: Erp, applied: Applied) -> None:
    """Given an applied contract, when its payer is read, then only its policyholder used it."""
    used = until(
        lambda buyer: buyer["last_used_on"] is not None, lambda: toto.read(f"/buyers/{PAYER}")
    )

    others = [naniwa.read(f"/buyers/{PAYER}"), toto.read(f"/buyers/{NEVER_NAMED}")]

    assert used["last_used_on"] == applied.upload["deemed_received_on"]
    assert [buyer["last_used_on"] for buyer in others] == [None, None]


def test_what_came_later_was_not_known_before(toto: Erp, applied: Applied) -> None:
    """Given an applied contract, when asked what was known before, then it is not found."""
    path = f"/ledger-contracts/{applied.policy_number}"
    received_at = applied.upload["received_at"]

    before = toto.http.get(path, params={"known_at": received_at})
    after = toto.http.get(path, params={"known_at": applied.upload["finished_at"]})

    assert (before.status_code, after.status_code) == (404, 200)
