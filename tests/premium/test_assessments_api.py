"""Premiums over HTTP, after contracts were applied."""

from typing import Any

import pytest_asyncio

from services.premium.jobs import assess_waiting
from tests.kit import hearing, then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT

from . import given

KIND = "premium.assessments.made.v1"


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await given.agreement_told(premium)
    await given.exchange_rates(premium, ("GBP", "2026-01-01", "152"))


async def assessment(premium: Running, policy: str, **part: str) -> dict[str, Any]:
    """Read the premium of a policy's first history."""
    key = "-".join((policy, part.get("branch", "00"), part.get("history", "00"), "0"))
    headers = premium.caller("assessments:read")
    answer = await premium.client.get(f"/v1/assessments/{key}", headers=headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_applied_contract_gets_its_premium(premium: Running) -> None:
    """Given the worked example under a comprehensive agreement, then 0.30 of it is due."""
    policy = given.policy_number()

    await given.contracts_applied(premium, given.applied(policy))

    made = await assessment(premium, policy)
    assert made["premium"] == {"amount": str(4_380 + 7_710), "currency": "JPY"}
    assert (made["edition"], made["sample"], made["missing"]) == ("2004-10", True, None)


async def test_every_step_of_a_premium_can_be_read(premium: Running) -> None:
    """Given a premium, when it is read, then each line has its formula and its source."""
    policy = given.policy_number()

    await given.contracts_applied(premium, given.applied(policy))

    steps = {(it["phase"], it["code"]): it for it in (await assessment(premium, policy))["steps"]}
    assert steps["POST_SHIPMENT", "BASE_RATE"]["formula"] == "0.002317 × 90 + 0.048 = 0.25653"
    assert steps["POST_SHIPMENT", "BASE_RATE"]["figure"] == "0.257"
    assert steps["PRE_SHIPMENT", "DAILY_RATE"]["source"].startswith("Domain notes 1.1")
    assert steps[None, "TOTAL"]["formula"] == "4380 + 7710"
    assert all(it["source"] and it["name_ja"] and it["name_en"] for it in steps.values())


async def test_premiums_are_told_in_the_bucket_of_their_contracts(premium: Running) -> None:
    """Given a batch of one bucket, when it is assessed, then one fact answers it."""
    policies = [given.policy_number() for _ in range(3)]

    await given.contracts_applied(premium, *map(given.applied, policies), bucket=11)

    [(kind, fact)] = await then.told(premium, "11")
    assert kind == KIND
    assert [it["policy_number"] for it in fact["assessments"]] == policies
    assert {it["premium"]["amount"] for it in fact["assessments"]} == {"12090"}


async def test_contracts_told_twice_are_assessed_once(premium: Running) -> None:
    """Given a batch that was heard, when it comes again, then nothing is told a second time."""
    history = given.applied(given.policy_number())
    fact = await given.contracts_applied(premium, history, bucket=12)

    await hearing.told_again(premium, fact)
    # The same contracts in another fact: the premium that stands is not made anew either.
    await given.contracts_applied(premium, history, bucket=12)

    assert len(await then.told(premium, "12")) == 1


async def test_an_agreement_told_twice_changes_nothing(premium: Running) -> None:
    """Given an agreement that comes again, when it is heard, then premiums stay as they are."""
    policy = given.policy_number()
    await given.contracts_applied(premium, given.applied(policy), bucket=13)

    fact = await given.agreement_told(premium)
    await hearing.told_again(premium, fact)

    assert len(await then.told(premium, "13")) == 1
    assert (await assessment(premium, policy))["premium"]["amount"] == "12090"


async def test_a_contract_waits_for_its_agreement(premium: Running) -> None:
    """Given a contract whose agreement is unknown, when it is told, then the premium is made."""
    policy, agreement = given.policy_number(), "200100999"
    applied = given.applied(policy, agreement_code=agreement)

    await given.contracts_applied(premium, applied, bucket=14)
    before = await assessment(premium, policy)
    await given.agreement_told(premium, agreement_code=agreement)
    after = await assessment(premium, policy)

    assert (before["premium"], before["missing"], before["steps"]) == (None, "COVER", [])
    assert (after["premium"]["amount"], after["missing"]) == ("12090", None)
    told = [fact["assessments"][0]["premium"] for _, fact in await then.told(premium, "14")]
    assert told == [None, {"amount": "12090", "currency": "JPY"}]


async def test_a_contract_waits_for_its_exchange_rate(premium: Running) -> None:
    """Given a currency without a rate, when one is published and tried, the premium is made."""
    policy = given.policy_number()
    await given.contracts_applied(premium, given.applied(policy, currency="SGD"))
    before = await assessment(premium, policy)

    await given.exchange_rates(premium, ("SGD", "2026-01-01", "115"))
    await assess_waiting(premium.settings, TENANT)

    after = await assessment(premium, policy)
    assert (before["missing"], before["missing_what"]) == ("EXCHANGE_RATE", "SGD on 2026-04-01")
    assert after["premium"] == {"amount": str(503_700 + 886_650), "currency": "JPY"}


async def test_pounds_are_assessed_at_the_rate_of_the_contract_day(premium: Running) -> None:
    """Given 1,000.55 pounds at 152, then 152,083 yen are insured."""
    policy = given.policy_number()
    pounds = {"currency": "GBP", "pre_shipment_amount": "1000.55", "post_shipment_amount": "0"}

    await given.contracts_applied(premium, given.applied(policy, **pounds))

    steps = {it["code"]: it for it in (await assessment(premium, policy))["steps"]}
    assert (steps["INSURED"]["formula"], steps["INSURED"]["figure"]) == (
        "1000.55 GBP × 152",
        "152083",
    )


async def test_a_cancelled_history_costs_nothing(premium: Running) -> None:
    """Given a cancelled history, when it is told, then its premium is zero."""
    policy = given.policy_number()

    await given.contracts_applied(premium, given.applied(policy, status="CANCELLED"))

    assert (await assessment(premium, policy))["premium"]["amount"] == "0"


async def test_each_revision_has_its_own_premium(premium: Running) -> None:
    """Given a corrected history, when its policy is listed, then both revisions stand there."""
    policy = given.policy_number()
    halved = {"pre_shipment_amount": "5000000", "post_shipment_amount": "5000000", "revision": 1}

    await given.contracts_applied(premium, given.applied(policy))
    await given.contracts_applied(premium, given.applied(policy, **halved))

    answer = await premium.client.get(
        "/v1/assessments",
        params={"policy_number": policy},
        headers=premium.caller("assessments:read"),
    )
    premiums = [(it["revision"], it["premium"]["amount"]) for it in answer.json()["items"]]
    assert premiums == [(0, "12090"), (1, "6045")]


async def test_another_policyholder_finds_nothing(premium: Running) -> None:
    """Given a premium, when another company reads it, then for that company there is none."""
    policy = given.policy_number()
    await given.contracts_applied(premium, given.applied(policy))
    stranger = premium.caller("assessments:read", tenant=OTHER_TENANT)

    read = await premium.client.get(f"/v1/assessments/{policy}-00-00-0", headers=stranger)
    listed = await premium.client.get("/v1/assessments", headers=stranger)

    then.refused(read, 404, "not-found", "assessment-not-found")
    assert listed.json()["items"] == []
