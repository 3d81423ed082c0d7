"""Loss notices filed over HTTP: tried, submitted, withdrawn, used again."""

import asyncio
from typing import Any

import pytest

from tests.claims import given
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT

SUBMITTED = "claims.loss_notice.submitted.v1"


async def test_a_notice_filed_in_time_is_received_numbered_and_told(claims: Running) -> None:
    """Given a complete draft, when it is filed, then it has its number and the others hear."""
    number = await given.contract(claims)

    notice = await given.filed(claims, given.unpaid(number))

    assert (notice["status"], notice["version"], notice["due_on"]) == (
        "SUBMITTED",
        2,
        "2026-10-06",
    )
    assert notice["reference"].startswith("LN26-")
    assert notice["received_at"].startswith("2026-11-20T01:15:0")
    assert notice["deemed_received_on"] == "2026-11-20"
    assert notice["allowed_actions"] == ["WITHDRAW", "COPY"]
    [(kind, fact)] = await then.told(claims, notice["id"])
    assert kind == SUBMITTED
    assert fact == {
        "loss_notice_id": notice["id"],
        "incident_id": notice["incident_id"],
        "reference": notice["reference"],
        "kind": "POST_SHIPMENT",
        "policyholder_code": TENANT,
        "policy_number": number,
        "branch_number": "00",
        "buyer_code": given.PAYER,
        "due_on": "2026-10-06",
        "deadline_on": "2026-11-20",
        "received_on": "2026-11-20",
        "unpaid": {"amount": "60000.00", "currency": "USD"},
        "cause": given.OVERDUE,
    }


async def test_goods_that_cannot_be_shipped_are_notified_too(claims: Running) -> None:
    """Given a bankrupt counterparty, when notified before shipment, then nothing is due."""
    notice = await given.filed(claims, given.unshipped(await given.contract(claims)))

    [(_, fact)] = await then.told(claims, notice["id"])
    assert (fact["kind"], fact["due_on"], fact["deadline_on"]) == (
        "PRE_SHIPMENT",
        None,
        "2026-11-20",
    )


@pytest.mark.parametrize(
    ("instant", "deemed_on"),
    [
        ("2026-11-20T17:29:59+09:00", "2026-11-20"),
        ("2026-11-20T17:30:00+09:00", "2026-11-24"),
    ],
)
async def test_a_notice_counts_when_offices_are_open(
    claims: Running, instant: str, deemed_on: str
) -> None:
    """Given a Friday before a long weekend, when filed at closing time, then Tuesday counts."""
    given.it_is(instant)
    draft = await given.begun(
        claims, given.unpaid(await given.contract(claims), cause=given.BANKRUPT)
    )

    found = (await given.acted(claims, "assess", draft)).json()

    assert found["deemed_received_on"] == deemed_on
    assert found["acceptable"] is (deemed_on == "2026-11-20")


async def test_a_late_notice_says_by_how_much_and_what_can_be_done(claims: Running) -> None:
    """Given a deadline on Friday, when filed on Tuesday, then it is refused in both languages."""
    draft = await given.begun(claims, given.unpaid(await given.contract(claims)))
    given.it_is("2026-11-24T10:00:00+09:00")

    answer = await given.acted(claims, "submit", draft)

    body = then.refused(answer, 422, "business-rule-violated", "deadline-passed")
    [item] = body["errors"]
    assert item["pointer"] == "#/due_on"
    assert item["params"] == {"deadline_on": "2026-11-20", "days_late": "4"}
    assert item["detail"].startswith("提出期限は2026-11-20でした(4日超過)。")
    assert "otherwise write to us" in item["detail_en"]


async def test_a_payment_not_overdue_yet_is_refused_with_the_day_to_come(claims: Running) -> None:
    """Given a payment due today, when it is notified as overdue, then tomorrow is named."""
    settlement = given.settlement(due_date="2026-11-20")
    number = await given.contract(claims, settlements=[settlement])

    draft = await given.begun(claims, given.unpaid(number))
    answer = await given.acted(claims, "submit", draft)

    body = then.refused(answer, 422, "business-rule-violated", "not-overdue-yet")
    assert [it["params"] for it in body["errors"]] == [{"from_on": "2026-11-21"}]


@pytest.mark.attack("S34")
async def test_anothers_contract_is_an_unknown_contract(claims: Running) -> None:
    """Given another company's contract, when notified, then the answer is that of none."""
    theirs = await given.contract(claims, tenant=OTHER_TENANT)
    answers = [
        await given.acted(claims, "submit", await given.begun(claims, given.unpaid(number)))
        for number in (theirs, given.policy_number())
    ]

    told = [
        then.refused(answer, 422, "business-rule-violated", "loss-notice-not-acceptable")["errors"]
        for answer in answers
    ]
    assert told[0] == told[1]
    assert [(it["code"], it["pointer"]) for it in told[0]] == [
        ("unknown-reference", "#/policy_number")
    ]


async def test_every_fault_is_told_at_once(claims: Running) -> None:
    """Given a draft that lacks much, when tried and filed, then both say the same of it."""
    draft = await given.begun(claims, {"kind": "POST_SHIPMENT", "accident_fixed_on": "2026-11-01"})

    tried = (await given.acted(claims, "assess", draft)).json()
    answer = await given.acted(claims, "submit", draft)

    body = then.refused(answer, 422, "business-rule-violated", "loss-notice-not-acceptable")
    assert [it["pointer"] for it in body["errors"]] == [
        *(f"#/{name}" for name in ("policy_number", "branch_number", "buyer_code")),
        *(f"#/{name}" for name in ("unpaid", "cause", "shipped_on", "accident_fixed_on")),
    ]
    same = ("code", "pointer", "params", "detail", "detail_en")
    assert tried["faults"] == [{name: it[name] for name in same} for it in body["errors"]]


async def test_a_trial_tells_the_deadline_and_stores_nothing(claims: Running) -> None:
    """Given a good draft, when it is tried, then the days left are told and nothing changes."""
    draft = await given.begun(claims, given.unpaid(await given.contract(claims)))
    given.it_is("2026-11-20T10:20:00+09:00")

    answer = await claims.client.post(
        f"/v1/loss-notices/{draft['id']}/assess", headers=claims.caller(given.READ)
    )

    assert answer.json() == {
        "acceptable": True,
        "faults": [],
        "deemed_received_on": "2026-11-20",
        "deadline_on": "2026-11-20",
        "days_left": 0,
        "sample": False,
    }
    assert (await given.read(claims, f"/loss-notices/{draft['id']}")).json() == draft
    assert await then.told(claims, draft["id"]) == []


async def test_a_trial_speaks_the_callers_language(claims: Running) -> None:
    """Given an empty draft, when tried in English and Japanese, then each is answered in kind."""
    draft = await given.begun(claims, {"kind": "PRE_SHIPMENT"})
    path = f"/v1/loss-notices/{draft['id']}/assess"

    japanese, english = [
        (
            await claims.client.post(
                path, headers=given.headers(claims) | {"Accept-Language": language}
            )
        ).json()["faults"][0]
        for language in ("ja", "en")
    ]

    assert (japanese["detail"], english["detail"]) == ("必須項目です。", "This item is required.")


async def test_an_assumed_number_is_said_to_be_one(claims: Running) -> None:
    """Given a due date by usance, when filed, then the notice says that a sample counts."""
    number = await given.contract(claims, settlements=[given.usance()])

    notice = await given.filed(claims, given.unpaid(number, due_on="2026-10-06"))

    assert (notice["sample"], notice["deadline_on"]) == (True, "2026-11-20")


async def test_a_second_notice_on_one_settlement_is_refused(claims: Running) -> None:
    """Given an open notice, when the same settlement is notified again, then 409 says why."""
    number = await given.contract(claims)
    await given.filed(claims, given.unpaid(number))
    second = await given.begun(claims, given.unpaid(number, buyer_code=given.GUARANTOR))

    answer = await given.acted(claims, "submit", second)

    body = then.refused(answer, 409, "duplicate-resource", "loss-already-notified")
    assert [it["pointer"] for it in body["errors"]] == ["#/settlement_slot"]


@pytest.mark.parametrize("wish", [given.unpaid, given.unshipped])
async def test_of_two_rivals_one_is_filed(claims: Running, wish: Any) -> None:
    """Given two drafts on one loss, when both are filed at once, then one stands."""
    number = await given.contract(claims)
    drafts = [await given.begun(claims, wish(number)) for _ in range(2)]

    answers = await asyncio.gather(*(given.acted(claims, "submit", it) for it in drafts))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    then.refused(refused, 409, "duplicate-resource", "loss-already-notified")


async def test_a_draft_filed_twice_at_once_is_filed_once(claims: Running) -> None:
    """Given one draft, when two file it at once, then one is told it is stale."""
    draft = await given.begun(claims, given.unpaid(await given.contract(claims)))

    answers = await asyncio.gather(*(given.acted(claims, "submit", draft) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(await then.told(claims, draft["id"])) == 1


async def test_references_are_given_without_gap_or_repetition(claims: Running) -> None:
    """Given six notices filed at once, when numbered, then the numbers follow each other."""
    drafts = [
        await given.begun(claims, given.unpaid(await given.contract(claims))) for _ in range(6)
    ]

    answers = await asyncio.gather(*(given.acted(claims, "submit", it) for it in drafts))

    numbers = sorted(int(answer.json()["reference"].partition("-")[2]) for answer in answers)
    assert numbers == list(range(numbers[0], numbers[0] + 6))
