"""A proof is for one request, and a request needs other eyes than its requester's."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest
import time_machine

from services.identity.domain.approvals import AccountCreation, BankDetails, written
from tests.identity import approving, people
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT


@pytest.mark.attack("S42")
async def test_a_proof_is_for_one_request(identity: Running, boss: people.Person) -> None:
    """Given a proof for one body, when used with another, elsewhere or twice, then 401."""
    other = {"kind": "BANK_ACCOUNT_CREATE", "account": approving.ACCOUNT | {"number": "7654321"}}
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        await office.steps_up(boss)
        unbound = await office.ask("POST", "/v1/approvals", json=approving.NEW_ACCOUNT)
        first = await office.proves_and_asks(boss, "/v1/approvals", approving.NEW_ACCOUNT)
        kind = {"Content-Type": "application/json"}
        body = first.request.content
        twice = await office.ask("POST", "/v1/approvals", content=body, headers=kind)
        changed = await office.ask("POST", "/v1/approvals", json=other)
        verb = f"/v1/approvals/{first.json()['approval_id']}/cancel"
        elsewhere = await office.ask("POST", verb, headers={"If-Match": '"1"'})
        listed = await office.ask("GET", "/v1/approvals")

    assert first.status_code == 201, first.text
    for answer in (unbound, twice, changed, elsewhere):
        then.refused(answer, 401, "step-up-required")
        assert "insufficient_user_authentication" in answer.headers["www-authenticate"]
    assert len(listed.json()["items"]) == 1


@pytest.mark.attack("S42")
async def test_of_two_with_one_proof_one_is_heard(identity: Running, boss: people.Person) -> None:
    """Given one proof, when two requests bring it at once, then there is one request."""
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        warm = await office.proves_and_asks(boss, "/v1/approvals", approving.NEW_ACCOUNT)
        body, kind = warm.request.content, {"Content-Type": "application/json"}
        digest = sha256(body).hexdigest()
        await office.steps_up(boss, method="POST", path="/v1/approvals", body_sha256=digest)
        answers = await asyncio.gather(
            *(office.ask("POST", "/v1/approvals", content=body, headers=kind) for _ in "ab")
        )

    assert sorted(it.status_code for it in answers) == [201, 401]


@pytest.mark.attack("S43")
async def test_nobody_approves_their_own_request(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given one's own request, when approved by oneself, then 403; rejected by oneself, too."""
    async with people.browser(identity) as office:
        made = await approving.requested(office, boss)
        answers = [
            await approving.decided(office, boss, made, verb) for verb in ("approve", "reject")
        ]
        still = await office.ask("GET", f"/v1/approvals/{made['approval_id']}")

    for answer in answers:
        then.refused(answer, 403, "approver-not-eligible")
    assert still.json()["status"] == "PENDING"


@pytest.mark.attack("S43")
@pytest.mark.parametrize("values", ["trusted_from = now() + interval '1 minute'"])
async def test_who_is_new_or_was_touched_does_not_approve(
    identity: Running, boss: people.Person, second: people.Person, values: str
) -> None:
    """Given an administrator changed by another today, when they approve, then 403."""
    async with people.browser(identity) as office:
        made = await approving.requested(office, boss)
        await people.changed(identity, second, values)

        answer = await approving.decided(office, second, made)

    then.refused(answer, 403, "approver-not-eligible")


@pytest.mark.attack("S43")
async def test_who_was_made_administrator_today_does_not_approve(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given an applicant granted the office, when they approve, then 403; a day later they may."""
    person = await people.applicant(identity, boss)
    grant = {"kind": "ADMINISTRATOR_GRANT", "user_id": person.user_id}
    async with people.browser(identity) as office:
        granted = await approving.decided(
            office, second, await approving.requested(office, boss, grant)
        )
        made = await approving.requested(office, boss)

        today = await approving.decided(office, person, made)
        with time_machine.travel(people.real_now() + timedelta(hours=25), tick=True):
            tomorrow = await approving.decided(office, person, made)

    assert granted.status_code == 200, granted.text
    then.refused(today, 403, "approver-not-eligible")
    assert tomorrow.status_code == 200, tomorrow.text


@pytest.mark.attack("S43")
async def test_a_request_is_decided_once(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given a decided request, when decided again, then 412 by the old version, 409 by the new."""
    async with people.browser(identity) as office:
        made = await approving.requested(office, boss)
        rejected = await approving.decided(office, second, made, "reject")
        stale = await approving.decided(office, second, made)
        again = await approving.decided(office, second, rejected.json())

    assert rejected.json()["status"] == "REJECTED"
    then.refused(stale, 412, "precondition-failed")
    then.refused(again, 409, "state-conflict", "approval-closed")


@pytest.mark.attack("S43")
async def test_what_is_approved_is_what_was_seen(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given another hash, or a request a week old, when approved, then 409."""
    async with people.browser(identity) as office:
        made = await approving.requested(office, boss)
        unseen = await approving.decided(office, second, made, content_hash="0" * 64)
        with time_machine.travel(people.real_now() + timedelta(days=7, seconds=9), tick=True):
            expired = await approving.decided(office, second, made)

    then.refused(unseen, 409, "state-conflict", "approval-not-as-seen")
    then.refused(expired, 409, "state-conflict", "approval-closed")


async def test_the_hash_of_a_request_does_not_tell_an_account_number(
    identity: Running, boss: people.Person
) -> None:
    """Given one account requested twice, when both hashes are seen, then nobody can guess them."""
    async with people.browser(identity) as office:
        first = await approving.requested(office, boss)
        second = await approving.requested(office, boss)

    account = AccountCreation(BankDetails(**approving.ACCOUNT))
    bare = sha256(written(account).encode()).hexdigest()
    assert len({bare, first["content_hash"], second["content_hash"]}) == 3


async def _staff_decides(identity: Running, tenant: str, made: dict[str, Any]) -> httpx.Response:
    headers = identity.staff("ops:approvals:write")
    return await identity.client.post(
        f"/ops/v1/approvals/{made['approval_id']}/approve",
        json={"content_hash": made["content_hash"], "policyholder_code": tenant},
        headers=headers | {"If-Match": '"1"', "Idempotency-Key": uuid4().hex},
    )


async def test_staff_are_the_second_eyes_of_who_is_alone(
    identity: Running, boss: people.Person
) -> None:
    """Given one administrator, when staff approve, then it counts; not once there is a second."""
    async with people.browser(identity) as office:
        first = await approving.requested(office, boss)
        alone = await _staff_decides(identity, boss.tenant, first)
        await people.second_administrator(identity, boss)
        other = await approving.requested(office, boss)
        not_alone = await _staff_decides(identity, boss.tenant, other)

    assert alone.json()["status"] == "APPROVED"
    then.refused(not_alone, 409, "state-conflict", "second-administrator-decides")


async def test_staff_find_what_waits_for_them(identity: Running, boss: people.Person) -> None:
    """Given a request of who is alone, when staff look, then they see it, and of nobody else."""
    headers = identity.staff("ops:approvals:write")
    async with people.browser(identity) as office:
        made = await approving.requested(office, boss)

    async def read(path: str, code: str) -> httpx.Response:
        asked = {"policyholder_code": code}
        return await identity.client.get(f"/ops/v1/approvals{path}", params=asked, headers=headers)

    listed = (await read("", boss.tenant)).json()["items"]
    one = await read(f"/{made['approval_id']}", boss.tenant)
    elsewhere = await read(f"/{made['approval_id']}", OTHER_TENANT)
    of_nobody = await identity.client.get("/ops/v1/approvals", headers=headers)

    assert [it["approval_id"] for it in listed] == [made["approval_id"]]
    assert (one.json()["content_hash"], one.headers["ETag"]) == (made["content_hash"], '"1"')
    then.refused(elsewhere, 404, "not-found", "approval-not-found")
    assert of_nobody.status_code == 422
