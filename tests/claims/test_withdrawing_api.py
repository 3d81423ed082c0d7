"""Filed notices over HTTP: withdrawn, answered again, used again."""

import asyncio

from tests.claims import given
from tests.kit import then
from tests.kit.running import Running

WITHDRAWN = "claims.loss_notice.withdrawn.v1"


async def test_a_withdrawn_notice_makes_room_for_another(claims: Running) -> None:
    """Given a filed notice, when it is withdrawn, then it is told and the loss is open again."""
    number = await given.contract(claims)
    notice = await given.filed(claims, given.unpaid(number))

    answer = await given.acted(claims, "withdraw", notice)

    withdrawn = answer.json()
    assert (withdrawn["status"], withdrawn["allowed_actions"]) == ("WITHDRAWN", ["COPY"])
    [_, (kind, fact)] = await then.told(claims, notice["id"])
    assert (kind, fact["withdrawn_on"]) == (WITHDRAWN, "2026-11-20")
    again = await given.filed(claims, given.unpaid(number))
    assert again["reference"] != notice["reference"]


async def test_what_was_not_filed_is_not_withdrawn(claims: Running) -> None:
    """Given a draft and a withdrawn notice, when withdrawn, then both are refused."""
    draft = await given.begun(claims, given.unpaid(await given.contract(claims)))
    notice = await given.filed(claims, given.unpaid(await given.contract(claims)))
    withdrawn = (await given.acted(claims, "withdraw", notice)).json()

    answers = [await given.acted(claims, "withdraw", it) for it in (draft, withdrawn)]

    for answer in answers:
        then.refused(answer, 409, "state-conflict", "not-withdrawable-in-this-state")


async def test_a_filing_repeated_is_answered_the_same(claims: Running) -> None:
    """Given a filing whose answer was lost, when sent again, then it is not a second one."""
    draft = await given.begun(claims, given.unpaid(await given.contract(claims)))
    headers, path = given.headers(claims, 1), f"/v1/loss-notices/{draft['id']}/submit"
    first = await claims.client.post(path, headers=headers)

    again = await claims.client.post(path, headers=headers)

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    assert len(await then.told(claims, draft["id"])) == 1


async def test_a_copy_is_a_new_draft_without_dates(claims: Running) -> None:
    """Given a withdrawn notice, when it is copied, then all but its dates begins anew."""
    notice = await given.filed(claims, given.unpaid(await given.contract(claims)))
    withdrawn = (await given.acted(claims, "withdraw", notice)).json()

    answer = await given.acted(claims, "copy", withdrawn)

    draft = answer.json()
    assert (answer.status_code, draft["status"], draft["version"]) == (201, "DRAFT", 1)
    assert answer.headers["location"] == f"/v1/loss-notices/{draft['id']}"
    kept = ("kind", "policy_number", "branch_number", "settlement_slot", "buyer_code", "unpaid")
    assert {name: draft[name] for name in kept} == {name: notice[name] for name in kept}
    gone = ("due_on", "shipped_on", "accident_fixed_on", "reference", "incident_id", "received_at")
    assert {draft[name] for name in gone} == {None}


async def test_a_copy_of_a_draft_leaves_the_draft(claims: Running) -> None:
    """Given a draft, when it is copied, then there are two, and the first is as it was."""
    draft = await given.begun(claims, given.unpaid(await given.contract(claims)))

    copy = (await given.acted(claims, "copy", draft)).json()

    assert copy["id"] != draft["id"]
    assert (await given.read(claims, f"/loss-notices/{draft['id']}")).json() == draft


async def test_every_act_needs_the_version_that_was_read(claims: Running) -> None:
    """Given a filed notice, when acted on as it was before, then nothing happens."""
    notice = await given.filed(claims, given.unpaid(await given.contract(claims)))

    for verb in ("withdraw", "copy"):
        stale = await given.acted(claims, verb, notice, version=1)
        assert then.refused(stale, 412, "precondition-failed")["current_version"] == 2
        path = f"/v1/loss-notices/{notice['id']}/{verb}"
        blind = await claims.client.post(path, headers=given.headers(claims))
        then.refused(blind, 428, "precondition-required")


async def test_a_notice_withdrawn_twice_at_once_is_withdrawn_once(claims: Running) -> None:
    """Given a filed notice, when two withdraw it at once, then it is told once."""
    notice = await given.filed(claims, given.unpaid(await given.contract(claims)))

    answers = await asyncio.gather(*(given.acted(claims, "withdraw", notice) for _ in range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(await then.told(claims, notice["id"])) == 2


async def test_withdrawn_and_filed_anew_at_once_one_notice_stands(claims: Running) -> None:
    """Given a notice being withdrawn, when another is filed meanwhile, then never two stand."""
    number = await given.contract(claims)
    notice = await given.filed(claims, given.unpaid(number))
    draft = await given.begun(claims, given.unpaid(number))

    gone, filed = await asyncio.gather(
        given.acted(claims, "withdraw", notice), given.acted(claims, "submit", draft)
    )

    assert gone.status_code == 200
    assert filed.status_code in (200, 409)
    listed = await given.read(claims, f"/loss-notices?policy_number={number}&status=SUBMITTED")
    assert len(listed.json()["items"]) == (filed.status_code == 200)
