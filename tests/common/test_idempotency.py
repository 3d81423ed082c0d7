"""A write happens once, however often its request arrives."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.common.shop import READ, STAFF, Pause, noted, pauses
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT


async def _post(
    shop: Running, path: str, text: str, key: str | None, tenant: str = TENANT, **headers: str
) -> httpx.Response:
    keyed = {"Idempotency-Key": key} if key is not None else {}
    known = shop.caller(READ, tenant=tenant)
    return await shop.client.post(path, json={"text": text}, headers=known | keyed | headers)


def _same(answer: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """What of an answer must be the same again."""
    its_own = {"x-request-id", "idempotency-replayed"}
    headers = {name: value for name, value in answer.headers.items() if name not in its_own}
    return answer.status_code, answer.content, headers


async def test_a_write_without_a_key_is_refused(shop: Running) -> None:
    """Given a POST, when no key or an unreadable one is sent, then 400 and nothing is done."""
    text = uuid4().hex

    answers = [
        await _post(shop, "/v1/notes", text, key) for key in (None, "", "k" * 129, "a b", "tab\t")
    ]

    for answer in answers:
        then.refused(answer, 400, "idempotency-key-required")
    assert await noted(shop, text, TENANT) == 0


async def test_a_repeated_write_gets_its_first_answer(shop: Running) -> None:
    """Given a write, when it is sent again, then the same answer comes and nothing is done."""
    text, key = uuid4().hex, uuid4().hex

    first = await _post(shop, "/v1/notes", text, key)
    second = await _post(shop, "/v1/notes", text, key)

    assert first.status_code == 201
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert _same(second) == _same(first)
    assert await noted(shop, text, TENANT) == 1


async def test_the_order_of_members_is_no_difference(shop: Running) -> None:
    """Given a write, when the same JSON comes in another spelling, then it is the same write."""
    text, key = uuid4().hex, uuid4().hex
    headers = shop.caller(READ) | {"Idempotency-Key": key, "Content-Type": "application/json"}

    answers = [
        await shop.client.post("/v1/notes", content=body, headers=headers)
        for body in (
            json.dumps({"text": text, "parts": []}),
            f'{{ "parts" : [ ],\n "text": "{text}" }}',
        )
    ]

    assert answers[1].headers["idempotency-replayed"] == "true"
    assert answers[0].content == answers[1].content


@pytest.mark.attack("S61")
async def test_a_key_belongs_to_one_body(shop: Running) -> None:
    """Given a write, when its key comes with another body, then 422 and nothing is done."""
    text, key = uuid4().hex, uuid4().hex
    await _post(shop, "/v1/notes", text, key)

    other = await _post(shop, "/v1/notes", text + "!", key)

    then.refused(other, 422, "idempotency-mismatch")
    assert await noted(shop, text + "!", TENANT) == 0


async def test_of_twenty_twins_one_is_carried_out(shop: Running) -> None:
    """Given twenty equal requests at once, when answered, then there is one effect."""
    text, key = uuid4().hex, uuid4().hex

    answers = await asyncio.gather(*(_post(shop, "/v1/notes", text, key) for _ in range(20)))

    made = {answer.content for answer in answers if answer.status_code == 201}
    late = [answer for answer in answers if answer.status_code != 201]
    assert len(made) == 1
    for answer in late:
        then.refused(answer, 409, "idempotency-in-progress")
        assert answer.headers["retry-after"] == "1"
    assert await noted(shop, text, TENANT) == 1


@pytest.mark.attack("S61")
async def test_a_twin_of_a_long_act_is_told_to_wait(shop: Running) -> None:
    """Given an act under way, when its twin comes, then 409 now and the answer afterwards."""
    text, key = uuid4().hex, uuid4().hex
    pause = pauses[text] = Pause()
    first = asyncio.create_task(_post(shop, "/v1/pauses", text, key))
    await pause.began.wait()

    early = await _post(shop, "/v1/pauses", text, key)
    pause.may_end.set()
    done = await first
    late = await _post(shop, "/v1/pauses", text, key)

    then.refused(early, 409, "idempotency-in-progress")
    assert _same(late) == _same(done)
    assert await noted(shop, text, TENANT) == 1


async def test_a_refused_write_leaves_its_key_free(shop: Running) -> None:
    """Given a write that was refused, when the key comes with a better body, then it is done."""
    text, key = uuid4().hex, uuid4().hex
    refused = await _post(shop, "/v1/refusals", text, key)
    again = await _post(shop, "/v1/refusals", text + "?", key)
    invalid = await shop.client.post(
        "/v1/notes", json={"txt": text}, headers=shop.caller(READ) | {"Idempotency-Key": key}
    )

    corrected = await _post(shop, "/v1/notes", text, key)

    then.refused(refused, 409, "state-conflict", "notes-are-full")
    then.refused(again, 409, "state-conflict", "notes-are-full")
    then.refused(invalid, 422, "validation-failed")
    assert corrected.status_code == 201
    assert await noted(shop, text, TENANT) == 1


async def test_a_commit_that_fails_is_no_success(shop: Running) -> None:
    """Given a text noted already, when only the commit finds out, then 500 and the key is free."""
    text, key = uuid4().hex, uuid4().hex
    await _post(shop, "/v1/notes", text, uuid4().hex)

    failed = await _post(shop, "/v1/notes", text, key)
    corrected = await _post(shop, "/v1/notes", text + "!", key)

    then.refused(failed, 500, "internal-error")
    assert corrected.status_code == 201


async def test_a_key_is_known_to_its_owner_only(shop: Running) -> None:
    """Given a key in use, when another uses it, elsewhere or otherwise, then it is a new one."""
    text, key = uuid4().hex, uuid4().hex
    mine = await _post(shop, "/v1/notes", text, key)
    colleague = shop.identity.sign(shop.identity.claims([READ]) | {"sub": "client_02"})

    answers = [
        await _post(shop, "/v1/notes", text, key, tenant=OTHER_TENANT),
        await _post(shop, "/v1/pauses", _passing(text + "1"), key),
        await _post(shop, "/v1/notes", text + "2", key, Authorization=f"Bearer {colleague}"),
        await shop.client.delete(
            mine.headers["location"],
            headers=shop.caller(READ) | {"Idempotency-Key": key, "If-Match": '"1"'},
        ),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 204]
    assert not any("idempotency-replayed" in answer.headers for answer in answers)


async def test_a_replay_is_authorised_anew(shop: Running) -> None:
    """Given a write, when its owner has lost the right to it, then the answer is not given."""
    text, key = uuid4().hex, uuid4().hex
    await _post(shop, "/v1/notes", text, key)
    claims: dict[str, Any] = shop.identity.claims(["policies:read"]) | {"aud": ["buyers"]}

    again = await _post(
        shop, "/v1/notes", text, key, Authorization=f"Bearer {shop.identity.sign(claims)}"
    )

    then.refused(again, 403, "forbidden")


async def test_a_replay_does_not_look_at_the_version(shop: Running) -> None:
    """Given a delete whose answer was lost, when it is sent again, then it is no conflict."""
    made = await _post(shop, "/v1/notes", uuid4().hex, uuid4().hex)
    headers = shop.caller(READ) | {"Idempotency-Key": uuid4().hex, "If-Match": '"1"'}

    first = await shop.client.delete(made.headers["location"], headers=headers)
    second = await shop.client.delete(made.headers["location"], headers=headers)
    unkeyed = await shop.client.delete(
        made.headers["location"], headers=shop.caller(READ) | {"If-Match": '"1"'}
    )

    assert (first.status_code, second.status_code) == (204, 204)
    assert _same(second) == _same(first)
    then.refused(unkeyed, 404, "not-found")


async def test_a_staff_act_for_a_policyholder_keeps_its_answer(shop: Running) -> None:
    """Given staff who turn to a policyholder, when they repeat the act, then it is a replay."""
    text, path = uuid4().hex, f"/ops/v1/policyholders/{TENANT}/notes"
    headers = shop.staff(STAFF) | {"Idempotency-Key": uuid4().hex}

    first = await shop.client.post(path, json={"text": text}, headers=headers)
    second = await shop.client.post(path, json={"text": text}, headers=headers)

    assert first.status_code == 201, first.text
    assert second.headers["idempotency-replayed"] == "true"
    assert _same(second) == _same(first)
    assert await noted(shop, text, TENANT) == 1


def _passing(text: str) -> str:
    """A text whose pause is over before it begins."""
    pauses[text] = Pause()
    pauses[text].may_end.set()
    return text
