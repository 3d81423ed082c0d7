"""A company asks to be registered; it follows its wish by a token, and staff decide once."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.identity import people
from tests.kit import then
from tests.kit.running import Running

STAFF = "ops:registrations:write"
REASONS = {"reason_ja": "確認できません", "reason_en": "Cannot be verified"}


async def _asked(service: Running, made: dict[str, Any], token: str | None) -> httpx.Response:
    headers = {} if token is None else {"Registration-Token": token}
    path = f"/v1/registrations/{made['registration_id']}"
    return await service.client.get(path, headers=headers)


async def _decided(
    service: Running, made: dict[str, Any], verb: str, decision: dict[str, str]
) -> httpx.Response:
    headers = service.staff(STAFF) | {"If-Match": '"1"', "Idempotency-Key": uuid4().hex}
    path = f"/ops/v1/registrations/{made['registration_id']}/{verb}"
    return await service.client.post(path, json=decision, headers=headers)


async def test_a_wish_is_followed_by_its_token(identity: Running) -> None:
    """Given a wish, when its state is asked with the token, then it is told; else 404."""
    answer = await people.applied(identity, "hanako@example.com")
    made = answer.json()

    mine = await _asked(identity, made, made["status_token"])
    refusals = [await _asked(identity, made, token) for token in (None, "", "wrong")]

    assert (answer.status_code, made["status"]) == (201, "SUBMITTED")
    assert answer.headers["location"] == f"/v1/registrations/{made['registration_id']}"
    assert mine.json() == {name: it for name, it in made.items() if name != "status_token"}
    for refused in refusals:
        then.refused(refused, 404, "not-found", "registration-not-found")


async def test_a_wish_sent_twice_is_one(identity: Running) -> None:
    """Given a wish repeated under its key, when answered, then it is the same, token withheld."""
    wish = {
        "name_ja": "舫商事",
        "name_en": "Moyai Trading",
        "administrator_name": "舫 花子",
        "administrator_mail": "hanako@example.com",
    }
    key = {"Idempotency-Key": uuid4().hex}
    async with people.browser(identity) as visitor:
        first = await visitor.client.post("/v1/registrations", json=wish, headers=key)
        again = await visitor.client.post("/v1/registrations", json=wish, headers=key)

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json() | {"status_token": None}


async def test_accepting_makes_the_first_administrator(identity: Running) -> None:
    """Given a wish, when accepted, then a code goes to its administrator, and to nobody else."""
    mail = f"{uuid4().hex[:8]}@example.com"
    made = (await people.applied(identity, mail)).json()

    answer = await people.accepted(identity, made["registration_id"], "700000001")
    told = await _asked(identity, made, made["status_token"])
    [letter] = await people.letters(identity, mail)

    assert (answer.status_code, answer.json()["status"]) == (200, "ACCEPTED")
    assert told.json()["policyholder_code"] == "700000001"
    assert "code: " in letter.letter.text
    assert "code: " not in answer.text


async def test_a_wish_is_decided_once(identity: Running) -> None:
    """Given a rejected wish, when decided again, then from the old version 412, else 409."""
    made = (await people.applied(identity, "hanako@example.com")).json()

    rejected = await _decided(identity, made, "reject", REASONS)
    stale = await _decided(identity, made, "accept", REASONS | {"policyholder_code": "700000002"})
    headers = identity.staff(STAFF) | {"If-Match": '"2"', "Idempotency-Key": uuid4().hex}
    late = await identity.client.post(
        f"/ops/v1/registrations/{made['registration_id']}/reject", json=REASONS, headers=headers
    )
    told = await _asked(identity, made, made["status_token"])

    assert rejected.json()["status"] == "REJECTED"
    then.refused(stale, 412, "precondition-failed")
    then.refused(late, 409, "state-conflict", "registration-decided")
    assert told.json()["reason_en"] == REASONS["reason_en"]


async def test_a_company_with_users_gets_no_second_beginning(identity: Running) -> None:
    """Given a company with an administrator, when registered again, then 409 and no user."""
    person = await people.newcomer(identity)
    made = (await people.applied(identity, "thief@example.com")).json()

    decision = REASONS | {"policyholder_code": person.tenant}
    answer = await _decided(identity, made, "accept", decision)

    then.refused(answer, 409, "state-conflict", "policyholder-has-users")
    assert await people.letters(identity, "thief@example.com") == []


async def test_staff_see_what_waits(identity: Running) -> None:
    """Given a wish, when staff list and read, then they see who would be administrator."""
    made = (await people.applied(identity, "seen@example.com")).json()
    staff = identity.staff(STAFF)

    found: set[str] = set()
    cursor: str | None = None
    while made["registration_id"] not in found:
        page = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        listed = await identity.client.get("/ops/v1/registrations", params=page, headers=staff)
        found |= {it["registration_id"] for it in listed.json()["items"]}
        cursor = listed.json()["next_cursor"]
        if cursor is None:
            break
    read = await identity.client.get(
        f"/ops/v1/registrations/{made['registration_id']}", headers=staff
    )

    assert made["registration_id"] in found
    assert read.json()["administrator_mail"] == "seen@example.com"


@pytest.mark.parametrize("mail", ["nobody", "a@b", "a b@example.com", "a@example.com\n", "@x.jp"])
async def test_a_mail_address_is_one(identity: Running, mail: str) -> None:
    """Given what is no mail address, when sent, then 422."""
    then.refused(await people.applied(identity, mail), 422, "validation-failed")


async def test_ten_wishes_an_hour_are_enough_for_one_address(identity: Running) -> None:
    """Given ten wishes from an address, when an eleventh comes, then 429."""
    wish = {
        "name_ja": "舫商事",
        "name_en": "Moyai Trading",
        "administrator_name": "舫 花子",
        "administrator_mail": "hanako@example.com",
    }
    async with people.browser(identity) as visitor:
        statuses = [
            (
                await visitor.client.post(
                    "/v1/registrations", json=wish, headers={"Idempotency-Key": uuid4().hex}
                )
            ).status_code
            for _ in range(11)
        ]

    assert statuses == [201] * 10 + [429]
