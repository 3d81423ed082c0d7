"""Drafts of loss notices over HTTP: begun, read, changed, deleted, listed."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.claims import given
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT


async def changed(
    service: Running, notice: dict[str, Any], version: int | None = None, **changes: object
) -> httpx.Response:
    """Somebody changes a notice as it was shown to him."""
    headers = given.headers(service, version or notice["version"])
    return await service.client.patch(
        f"/v1/loss-notices/{notice['id']}",
        json=changes,
        headers=headers | {"Content-Type": "application/merge-patch+json"},
    )


async def deleted(service: Running, notice: dict[str, Any]) -> httpx.Response:
    """Somebody deletes a notice as it was shown to him."""
    return await service.client.delete(
        f"/v1/loss-notices/{notice['id']}", headers=given.headers(service, notice["version"])
    )


async def listed(service: Running, query: str = "") -> list[str]:
    """The ids of the notices on the list."""
    answer = await given.read(service, f"/loss-notices?limit=100&sort=-updated_at{query}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_a_draft_may_lack_anything(claims: Running) -> None:
    """Given nothing but the kind, when a notice is begun, then it is a draft without deadline."""
    answer = await claims.client.post(
        "/v1/loss-notices", json={"kind": "PRE_SHIPMENT"}, headers=given.headers(claims)
    )

    draft = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["location"] == f"/v1/loss-notices/{draft['id']}"
    assert (draft["status"], draft["reference"], draft["deadline_on"]) == ("DRAFT", None, None)
    assert draft["allowed_actions"] == ["UPDATE", "SUBMIT", "DELETE", "COPY"]


async def test_a_draft_shows_its_deadline_as_soon_as_it_can(claims: Running) -> None:
    """Given a contract due on 6 October, when a notice on it is begun, then 20 November stands."""
    number = await given.contract(claims)

    draft = await given.begun(claims, given.unpaid(number))

    assert (draft["deadline_on"], draft["due_on"], draft["sample"]) == ("2026-11-20", None, False)
    assert draft["unpaid"] == {"amount": "60000.00", "currency": "USD"}


async def test_a_notice_is_read_as_it_was_written(claims: Running) -> None:
    """Given a draft, when it is read, then everything in it is told, under its version."""
    draft = await given.begun(claims, given.unpaid(await given.contract(claims)))

    answer = await given.read(claims, f"/loss-notices/{draft['id']}")

    assert (answer.json(), answer.headers["etag"]) == (draft, '"1"')


async def test_a_change_leaves_what_it_does_not_name(claims: Running) -> None:
    """Given a draft, when one item is changed and one taken away, then the rest stays."""
    draft = await given.begun(claims, given.unpaid(await given.contract(claims)))

    answer = await changed(claims, draft, cause="12", description=None)

    after = answer.json()
    moved = {"cause": "12", "description": None, "version": 2, "updated_at": after["updated_at"]}
    assert answer.status_code == 200
    assert after == draft | moved


async def test_the_kind_of_a_notice_stays(claims: Running) -> None:
    """Given a draft, when its kind is changed, then there is no such item to change."""
    draft = await given.begun(claims, {"kind": "PRE_SHIPMENT"})

    answer = await changed(claims, draft, kind="POST_SHIPMENT")

    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert (item["code"], item["pointer"]) == ("unknown-field", "#/kind")


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"kind": "SHIPMENT"}, "#/kind"),
        ({"kind": "PRE_SHIPMENT", "tenant": "045012300"}, "#/tenant"),
        ({"kind": "PRE_SHIPMENT", "status": "SUBMITTED"}, "#/status"),
        ({"kind": "PRE_SHIPMENT", "due_on": "9999-12-31"}, "#/due_on"),
        ({"kind": "PRE_SHIPMENT", "accident_fixed_on": "0001-01-01"}, "#/accident_fixed_on"),
        ({"kind": "PRE_SHIPMENT", "settlement_slot": 6}, "#/settlement_slot"),
        ({"kind": "PRE_SHIPMENT", "unpaid": {"amount": "1.005", "currency": "USD"}}, "#/unpaid"),
        ({"kind": "PRE_SHIPMENT", "cause": "fourteen"}, "#/cause"),
    ],
)
async def test_what_is_no_notice_is_refused(
    claims: Running, wish: dict[str, Any], pointer: str
) -> None:
    """Given an item out of its form, when a notice is begun with it, then 422 points to it."""
    answer = await claims.client.post("/v1/loss-notices", json=wish, headers=given.headers(claims))

    assert [it["pointer"] for it in then.refused(answer, 422, "validation-failed")["errors"]] == [
        pointer
    ]


async def test_the_largest_amount_on_the_wire_fits_a_draft(claims: Running) -> None:
    """Given as many digits as money may have, when a draft names them, then they are kept."""
    most = {"amount": "9" * 18 + ".999", "currency": "KWD"}

    draft = await given.begun(claims, {"kind": "PRE_SHIPMENT", "unpaid": most})

    assert draft["unpaid"] == most


async def test_a_change_needs_the_version_that_was_read(claims: Running) -> None:
    """Given a draft that has changed, when changed from before, then 412 tells the version."""
    draft = await given.begun(claims, {"kind": "PRE_SHIPMENT"})
    await changed(claims, draft, cause="12")

    stale = await changed(claims, draft, cause="10")
    blind = await claims.client.patch(
        f"/v1/loss-notices/{draft['id']}", json={}, headers=given.headers(claims)
    )

    assert then.refused(stale, 412, "precondition-failed")["current_version"] == 2
    then.refused(blind, 428, "precondition-required")


async def test_of_two_who_change_one_draft_one_wins(claims: Running) -> None:
    """Given two who read version 1, when both change it, then one is told it is stale."""
    draft = await given.begun(claims, {"kind": "PRE_SHIPMENT"})

    answers = await asyncio.gather(*(changed(claims, draft, cause=it) for it in ("10", "12")))

    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_a_draft_is_deleted_for_good(claims: Running) -> None:
    """Given a draft, when it is deleted, then it is not found any more."""
    draft = await given.begun(claims, {"kind": "PRE_SHIPMENT"})

    answer = await deleted(claims, draft)

    assert (answer.status_code, answer.content) == (204, b"")
    gone = await given.read(claims, f"/loss-notices/{draft['id']}")
    then.refused(gone, 404, "not-found", "loss-notice-not-found")


async def test_what_was_filed_is_neither_changed_nor_deleted(claims: Running) -> None:
    """Given a filed notice, when changed, deleted or filed again, then it stays as it is."""
    notice = await given.filed(claims, given.unpaid(await given.contract(claims)))

    answers = [
        await changed(claims, notice, cause="12"),
        await deleted(claims, notice),
        await given.acted(claims, "submit", notice),
    ]

    for answer in answers:
        then.refused(answer, 409, "state-conflict", "not-editable-in-this-state")
    assert (await given.read(claims, f"/loss-notices/{notice['id']}")).json() == notice


async def test_a_notice_begun_twice_under_one_key_is_one(claims: Running) -> None:
    """Given a request whose answer was lost, when sent again, then the first answer comes."""
    headers = given.headers(claims)
    wish = {"kind": "PRE_SHIPMENT", "description": "Sent twice."}
    first = await claims.client.post("/v1/loss-notices", json=wish, headers=headers)

    again = await claims.client.post("/v1/loss-notices", json=wish, headers=headers)
    other = await claims.client.post(
        "/v1/loss-notices", json={"kind": "POST_SHIPMENT"}, headers=headers
    )

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    then.refused(other, 422, "idempotency-mismatch")


async def test_the_list_is_filtered(claims: Running) -> None:
    """Given a draft and a filed notice, when asked for one kind, then the other is missing."""
    number = await given.contract(claims)
    draft = await given.begun(claims, {"kind": "PRE_SHIPMENT", "policy_number": number})
    filed = await given.filed(claims, given.unpaid(number))
    of_policy = f"&policy_number={number}"

    assert await listed(claims, of_policy) == [filed["id"], draft["id"]]
    assert await listed(claims, f"{of_policy}&status=SUBMITTED") == [filed["id"]]
    assert await listed(claims, f"{of_policy}&kind=PRE_SHIPMENT") == [draft["id"]]
    assert await listed(claims, "&updated_at_from=2099-01-01T00:00:00Z") == []


async def test_another_company_sees_and_touches_nothing(claims: Running) -> None:
    """Given one's draft, when another company reads, changes or files it, then it is not there."""
    draft = await given.begun(claims, {"kind": "PRE_SHIPMENT"}, tenant=OTHER_TENANT)

    answers = [
        await given.read(claims, f"/loss-notices/{draft['id']}"),
        await changed(claims, draft, cause="12"),
        await deleted(claims, draft),
        *[
            await given.acted(claims, verb, draft)
            for verb in ("submit", "withdraw", "copy", "assess")
        ],
    ]

    for answer in answers:
        then.refused(answer, 404, "not-found", "loss-notice-not-found")
    assert draft["id"] not in await listed(claims)


async def test_to_write_takes_a_right_of_its_own(claims: Running) -> None:
    """Given the right to read alone, when a notice is begun, then 403 is the answer."""
    headers = claims.caller(given.READ) | {"Idempotency-Key": "k"}

    answer = await claims.client.post(
        "/v1/loss-notices", json={"kind": "PRE_SHIPMENT"}, headers=headers
    )

    then.refused(answer, 403, "forbidden")
