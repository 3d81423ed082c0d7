"""Estimates over HTTP: what a contract would cost, and why."""

import asyncio
from typing import Any

import httpx
import pytest_asyncio

from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT

from . import asking, given


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def _rulebook(premium: Running) -> None:
    await given.the_settlement_methods(premium)
    await asking.the_ratings(premium)
    await given.agreement_told(premium)
    await given.exchange_rates(premium, ("PLN", "2026-01-01", "160"))


async def estimated(premium: Running, **changes: object) -> dict[str, Any]:
    """A company gets an estimate on a buyer rated EF."""
    answer = await asking.estimate(
        premium, asking.question(await asking.buyer_told(premium), **changes)
    )
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def read(premium: Running, path: str, **params: str) -> httpx.Response:
    """A company reads its estimates."""
    headers = premium.caller("estimates:read")
    return await premium.client.get(f"/v1/estimates{path}", params=params, headers=headers)


async def delete(premium: Running, path: str, **headers: str) -> httpx.Response:
    """A company throws an estimate away."""
    allowed = premium.caller("estimates:write") | headers
    return await premium.client.delete(f"/v1/estimates/{path}", headers=allowed)


async def test_an_estimate_costs_what_the_contract_would(premium: Running) -> None:
    """Given the worked example, when it is estimated and applied for, then no yen differs."""
    policy = given.policy_number()

    made = await estimated(premium)
    await given.contracts_applied(premium, given.applied(policy))

    answer = await premium.client.get(
        f"/v1/assessments/{policy}-00-00-0", headers=premium.caller("assessments:read")
    )
    assert made["premium"] == answer.json()["premium"] == {"amount": "12090", "currency": "JPY"}
    assert (made["edition"], made["sample"]) == ("2004-10", True)


async def test_an_estimate_says_what_it_is_made_of(premium: Running) -> None:
    """Given an estimate, when it is looked at, then each phase has its days, rate and yen."""
    made = await estimated(premium)

    before, after = made["parts"]
    assert (before["phase"], before["days"], before["base_rate"]) == ("PRE_SHIPMENT", 60, "0.146")
    assert (after["phase"], after["days"], after["base_rate"]) == ("POST_SHIPMENT", 90, "0.257")
    assert (after["category"], after["insured"]["amount"]) == ("D", "10000000")
    assert [it["premium"]["amount"] for it in made["parts"]] == ["4380", "7710"]


async def test_an_estimate_says_on_what_rating_it_stands(premium: Running) -> None:
    """Given a buyer rated EF, then its credit risk is covered within a limit."""
    made = await estimated(premium)

    basis = made["rating_basis"]
    assert (made["rating"], basis["rating"], basis["credit_cover"]) == ("EF", "EF", "LIMIT")
    assert basis["political_cover"] is True
    assert basis["name_ja"]


async def test_a_buyer_without_rating_is_estimated(premium: Running) -> None:
    """Given a buyer nobody has rated, when its contract is estimated, then no basis is told."""
    buyer = await asking.buyer_told(premium, rating=None)

    answer = await asking.estimate(premium, asking.question(buyer))

    assert answer.status_code == 201
    assert (answer.json()["rating"], answer.json()["rating_basis"]) == (None, None)


async def test_every_step_of_an_estimate_can_be_read(premium: Running) -> None:
    """Given an estimate, when its trace is read, then each line has formula and source."""
    made = await estimated(premium)

    trace = (await read(premium, f"/{made['id']}/trace")).json()

    steps = {(it["phase"], it["code"]): it for it in trace["steps"]}
    assert steps["POST_SHIPMENT", "BASE_RATE"]["formula"] == "0.002317 × 90 + 0.048 = 0.25653"
    assert steps[None, "TOTAL"]["figure"] == made["premium"]["amount"]
    assert all(it["source"] for it in trace["steps"])


async def test_without_a_payment_country_the_buyers_counts(premium: Running) -> None:
    """Given a buyer in Thailand, when nothing else is said, then Thailand is graded."""
    made = await estimated(premium, payment_country=None)

    assert made["parts"][1]["country_code"] == given.THAILAND
    assert made["contract"]["payment_country"] is None


async def test_zloty_are_estimated_at_the_rate_of_the_contract_day(premium: Running) -> None:
    """Given 1,000.55 zloty at 160, then 160,088 yen are insured; a stated rate goes before."""
    zloty = {"currency": "PLN", "pre_shipment_amount": "1000.55", "post_shipment_amount": None}

    published = await estimated(premium, **zloty)
    stated = await estimated(premium, **zloty, exchange_rate="100")

    assert [it["insured"]["amount"] for it in published["parts"]] == ["160088"]
    assert [it["insured"]["amount"] for it in stated["parts"]] == ["100055"]


async def test_the_largest_contract_can_be_estimated(premium: Running) -> None:
    """Given the largest figures a question can hold, then their premium is told to the yen."""
    largest = "9999999999999.99"
    longest = {"settlement_method": "21", "usance_unit": "1", "usance_period": "999"}

    made = await estimated(
        premium,
        contract_date="2026-04-01",
        last_shipment_date="2099-12-31",
        currency="USD",
        exchange_rate="9999.9999",
        pre_shipment_amount=largest,
        post_shipment_amount=largest,
        settlements=[longest],
    )

    assert int(made["premium"]["amount"]) > 10**16


async def test_one_question_is_answered_once(premium: Running) -> None:
    """Given one key, when its question comes again, then the first answer is given again."""
    asked, key = asking.question(await asking.buyer_told(premium)), given.key()
    headers = premium.caller("estimates:write") | key

    answers = [
        await premium.client.post("/v1/estimates", json=asked, headers=headers) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"


async def test_estimates_are_listed_by_buyer(premium: Running) -> None:
    """Given two buyers, when estimates on one are listed, then only its own come, newest first."""
    buyer = await asking.buyer_told(premium)
    made = [await asking.estimate(premium, asking.question(buyer)) for _ in range(2)]
    await estimated(premium)

    listed = (await read(premium, "", buyer_code=buyer, sort="-estimated_at")).json()

    assert [it["id"] for it in listed["items"]] == [it.json()["id"] for it in reversed(made)]


async def test_an_estimate_is_read_as_it_was_made(premium: Running) -> None:
    """Given an estimate, when it is read later, then it is the same, under its version."""
    made = await estimated(premium)

    again = await read(premium, f"/{made['id']}")

    assert again.json() == made
    assert again.headers["etag"] == '"1"'


async def test_an_estimate_can_be_thrown_away(premium: Running) -> None:
    """Given an estimate, when it is thrown away by whoever read it, then it is gone."""
    made = await estimated(premium)

    blind = await delete(premium, made["id"])
    stale = await delete(premium, made["id"], **{"If-Match": '"7"'})
    good = await delete(premium, made["id"], **{"If-Match": '"1"'})

    then.refused(blind, 428, "precondition-required")
    then.refused(stale, 412, "precondition-failed")
    assert good.status_code == 204
    then.refused(await read(premium, f"/{made['id']}"), 404, "not-found", "estimate-not-found")


async def test_two_may_throw_one_estimate_away(premium: Running) -> None:
    """Given one estimate, when two throw it away at once, then none of them meets a fault."""
    made = await estimated(premium)

    answers = await asyncio.gather(
        *(delete(premium, made["id"], **{"If-Match": '"1"'}) for _ in range(2))
    )

    assert {answer.status_code for answer in answers} <= {204, 404}


async def test_another_company_finds_no_estimate(premium: Running) -> None:
    """Given an estimate, when another company reads it, then for that company there is none."""
    made = await estimated(premium)
    stranger = premium.caller("estimates:read", tenant=OTHER_TENANT)

    answer = await premium.client.get(f"/v1/estimates/{made['id']}", headers=stranger)

    then.refused(answer, 404, "not-found", "estimate-not-found")


async def test_reading_estimates_does_not_allow_asking(premium: Running) -> None:
    """Given a caller that may only read, when it asks for an estimate, then it is forbidden."""
    headers = premium.caller("estimates:read") | given.key()

    answer = await premium.client.post("/v1/estimates", json={}, headers=headers)

    then.refused(answer, 403, "forbidden")
