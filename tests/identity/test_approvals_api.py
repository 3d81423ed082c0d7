"""Two people decide together: bank accounts, administrators and machine clients."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import text

from tests.identity import given, people
from tests.kit import then
from tests.kit.running import Running

ACCOUNT = {
    "bank_code": "0001",
    "branch_code": "001",
    "kind": "ORDINARY",
    "number": "1234567",
    "holder_kana": "モヤイショウジ（カ",
}
NEW_ACCOUNT = {"kind": "BANK_ACCOUNT_CREATE", "account": ACCOUNT}


@pytest_asyncio.fixture(loop_scope="session")
async def boss(identity: Running) -> people.Person:
    """An administrator, alone in the office."""
    return await people.administrator(identity)


@pytest_asyncio.fixture(loop_scope="session")
async def second(identity: Running, boss: people.Person) -> people.Person:
    """Another administrator of the same company, for long enough."""
    return await people.second_administrator(identity, boss)


async def _requested(
    office: people.Browser, person: people.Person, wish: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A request for approval, as its requester sees it."""
    await office.signs_in(person)
    answer = await office.proves_and_asks(person, "/v1/approvals", wish or NEW_ACCOUNT)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _decided(
    office: people.Browser,
    person: people.Person,
    made: dict[str, Any],
    verb: str = "approve",
    **changed: Any,
) -> httpx.Response:
    """A decision on a request, from the version it was made in."""
    await office.signs_in(person)
    path = f"/v1/approvals/{made['approval_id']}/{verb}"
    wish = None if verb == "cancel" else {"content_hash": made["content_hash"]} | changed
    return await office.proves_and_asks(person, path, wish, **{"If-Match": f'"{made["version"]}"'})


async def _accounts(office: people.Browser) -> list[dict[str, Any]]:
    answer = await office.ask("GET", "/v1/bank-accounts")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _account(
    office: people.Browser, boss: people.Person, second: people.Person
) -> dict[str, Any]:
    """An account in force, requested and approved long ago."""
    made = await _requested(office, boss)
    await _decided(office, second, made)
    async with office.service.databases.tenant(boss.tenant) as tx:
        long_ago = text("UPDATE bank_accounts SET in_force_from = now() - interval '9 days'")
        await tx.execute(long_ago)
    [account] = await _accounts(office)
    return account


async def test_an_account_counts_a_day_after_its_approval(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given an approved account, when a day has passed, then it is in force, shown masked."""
    async with people.browser(identity) as office:
        made = await _requested(office, boss)
        approved = await _decided(office, second, made)
        early = await _accounts(office)
        with time_machine.travel(people.real_now() + timedelta(hours=24, seconds=1), tick=True):
            await office.signs_in(second)
            [account] = await _accounts(office)
            seen = await office.ask("GET", f"/v1/approvals/{made['approval_id']}")

    assert (made["status"], approved.json()["status"]) == ("PENDING", "APPROVED")
    assert early == []
    assert (account["number_masked"], seen.json()["status"]) == ("****567", "ACTIVE")
    assert "1234567" not in approved.text + seen.text


async def test_the_full_number_is_shown_to_who_proves_it(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given an account, when revealed, then in full, on the record, and not to a replay."""
    async with people.browser(identity) as office:
        account = await _account(office, boss, second)
        path = f"/v1/bank-accounts/{account['bank_account_id']}/reveal"
        key = {"Idempotency-Key": uuid4().hex}
        shown = await office.ask("POST", path, headers=key)
        await office.steps_up(second)
        again = await office.ask("POST", path, headers=key)
    async with identity.databases.tenant(boss.tenant) as tx:
        actions = list(await tx.scalars(text("SELECT action FROM access_history")))
        stored = list(await tx.scalars(text("SELECT sealed_number FROM bank_accounts")))

    assert shown.json() == {"number": "1234567"}
    assert again.json() == {"number": None}
    assert actions.count("bank-account.reveal") == 1
    assert not any(b"1234567" in it for it in stored)


@pytest.mark.attack("S44")
@pytest.mark.parametrize("kind", ["BANK_ACCOUNT_CHANGE", "BANK_ACCOUNT_DELETE"])
async def test_while_it_cools_off_the_old_account_counts(
    identity: Running, boss: people.Person, second: people.Person, kind: str
) -> None:
    """Given an account changed and approved, when looked at within the day, then it is the old."""
    async with people.browser(identity) as office:
        account = await _account(office, boss, second)
        wish: dict[str, Any] = {"kind": kind, "bank_account_id": account["bank_account_id"]}
        if kind == "BANK_ACCOUNT_CHANGE":
            wish["account"] = ACCOUNT | {"number": "7654321"}
        made = await _requested(office, boss, wish)
        approved = await _decided(office, second, made)
        during = await _accounts(office)
        with time_machine.travel(people.real_now() + timedelta(hours=25), tick=True):
            await office.signs_in(second)
            after = await _accounts(office)

    assert approved.status_code == 200, approved.text
    assert [it["number_masked"] for it in during] == ["****567"]
    expected = ["****321"] if kind == "BANK_ACCOUNT_CHANGE" else []
    assert [it["number_masked"] for it in after] == expected


@pytest.mark.attack("S44")
async def test_whoever_notices_cancels_within_the_day(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given a change that cools off, when an administrator cancels it, then it never counts."""
    async with people.browser(identity) as office:
        account = await _account(office, boss, second)
        wish = {"kind": "BANK_ACCOUNT_DELETE", "bank_account_id": account["bank_account_id"]}
        made = await _requested(office, boss, wish)
        approved = await _decided(office, second, made)
        cancelled = await _decided(office, boss, approved.json(), "cancel")
        with time_machine.travel(people.real_now() + timedelta(hours=25), tick=True):
            await office.signs_in(second)
            after = await _accounts(office)
            late = await _decided(office, boss, cancelled.json(), "cancel")

    assert cancelled.json()["status"] == "CANCELLED"
    assert [it["number_masked"] for it in after] == ["****567"]
    then.refused(late, 409, "state-conflict", "approval-closed")


@pytest.mark.attack("S42")
async def test_a_proof_is_for_one_request(identity: Running, boss: people.Person) -> None:
    """Given a proof for one body, when used with another, elsewhere or twice, then 401."""
    other = {"kind": "BANK_ACCOUNT_CREATE", "account": ACCOUNT | {"number": "7654321"}}
    async with people.browser(identity) as office:
        await office.signs_in(boss)
        await office.steps_up(boss)
        unbound = await office.ask("POST", "/v1/approvals", json=NEW_ACCOUNT)
        first = await office.proves_and_asks(boss, "/v1/approvals", NEW_ACCOUNT)
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
        warm = await office.proves_and_asks(boss, "/v1/approvals", NEW_ACCOUNT)
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
        made = await _requested(office, boss)
        answers = [await _decided(office, boss, made, verb) for verb in ("approve", "reject")]
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
        made = await _requested(office, boss)
        await people.changed(identity, second, values)

        answer = await _decided(office, second, made)

    then.refused(answer, 403, "approver-not-eligible")


@pytest.mark.attack("S43")
async def test_a_request_is_decided_once(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given a decided request, when decided again, then 412 by the old version, 409 by the new."""
    async with people.browser(identity) as office:
        made = await _requested(office, boss)
        rejected = await _decided(office, second, made, "reject")
        stale = await _decided(office, second, made)
        again = await _decided(office, second, rejected.json())

    assert rejected.json()["status"] == "REJECTED"
    then.refused(stale, 412, "precondition-failed")
    then.refused(again, 409, "state-conflict", "approval-closed")


@pytest.mark.attack("S43")
async def test_what_is_approved_is_what_was_seen(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given another hash, or a request a week old, when approved, then 409."""
    async with people.browser(identity) as office:
        made = await _requested(office, boss)
        unseen = await _decided(office, second, made, content_hash="0" * 64)
        with time_machine.travel(people.real_now() + timedelta(days=7, seconds=9), tick=True):
            expired = await _decided(office, second, made)

    then.refused(unseen, 409, "state-conflict", "approval-not-as-seen")
    then.refused(expired, 409, "state-conflict", "approval-closed")


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
        first = await _requested(office, boss)
        alone = await _staff_decides(identity, boss.tenant, first)
        await people.second_administrator(identity, boss)
        other = await _requested(office, boss)
        not_alone = await _staff_decides(identity, boss.tenant, other)

    assert alone.json()["status"] == "APPROVED"
    then.refused(not_alone, 409, "state-conflict", "second-administrator-decides")


async def test_an_applicant_becomes_administrator(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given an applicant, when a grant is approved, then they are one, and sign in anew."""
    person = await people.applicant(identity, boss)
    wish = {"kind": "ADMINISTRATOR_GRANT", "user_id": person.user_id}
    async with people.browser(identity) as office, people.browser(identity) as home:
        await home.signs_in(person)
        made = await _requested(office, boss, wish)
        approved = await _decided(office, second, made)
        await people.hear(identity)
        old = await home.ask("GET", "/v1/users")
        await home.signs_in(person)
        new = await home.ask("GET", "/v1/users")
        again = await office.proves_and_asks(second, "/v1/approvals", wish)

    assert approved.json()["status"] == "ACTIVE"
    then.refused(old, 401, "invalid-token")
    assert new.status_code == 200
    then.refused(again, 409, "state-conflict", "user-not-grantable")


async def test_a_machine_client_comes_of_four_eyes(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given a requested client, when approved, then it gets tokens; new keys end the old ones."""
    machine = given.Machine("")
    keys = [{"jwk": given.public_jwk(machine.key), "expires_on": given.in_days(90)}]
    wish = {
        "kind": "MACHINE_CLIENT_CREATE",
        "name": "ERP",
        "authentication": {"method": "PRIVATE_KEY_JWT", "keys": keys},
        "scopes": ["buyers:read"],
    }
    async with people.browser(identity) as office:
        made = await _requested(office, boss, wish)
        approved = await _decided(office, second, made)
        machine.client_id = approved.json()["new_client_id"]
        token = await given.asked(identity, machine.assertion())
        successor = given.Machine(machine.client_id)
        keys = [{"jwk": given.public_jwk(successor.key), "expires_on": given.in_days(90)}]
        change = {"kind": "MACHINE_CLIENT_KEY", "client_id": machine.client_id, "keys": keys}
        await _decided(office, second, await _requested(office, boss, change))
        old = await given.asked(identity, machine.assertion())
        new = await given.asked(identity, successor.assertion())

    assert (token.status_code, old.status_code, new.status_code) == (200, 401, 200)


async def test_a_secret_is_shown_to_who_approves_once(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given a client with a secret, when approved, then the secret is in that answer alone."""
    wish = {
        "kind": "MACHINE_CLIENT_CREATE",
        "name": "ERP",
        "authentication": {"method": "CLIENT_SECRET_BASIC"},
        "scopes": ["buyers:read"],
        "source_addresses": ["203.0.113.0/24"],
    }
    async with people.browser(identity) as office:
        made = await _requested(office, boss, wish)
        approved = await _decided(office, second, made)
        seen = await office.ask("GET", f"/v1/approvals/{made['approval_id']}")

    secret = approved.json()["client_secret"]
    assert len(secret) == 43
    assert secret not in seen.text


@pytest.mark.parametrize(
    ("wish", "status", "reason"),
    [
        ({"kind": "BANK_ACCOUNT_DELETE", "bank_account_id": "{nobody}"}, 404, None),
        ({"kind": "ADMINISTRATOR_GRANT", "user_id": "{boss}"}, 409, "user-not-grantable"),
        ({"kind": "BANK_ACCOUNT_CREATE", "account": ACCOUNT | {"number": "123"}}, 422, None),
        ({"kind": "BANK_ACCOUNT_CREATE", "account": ACCOUNT | {"holder_kana": "moyai"}}, 422, None),
        ({"kind": "ADMINISTRATOR_GRANT", "user_id": "{boss}", "role": "x"}, 422, None),
        ({"kind": "TAKE_OVER"}, 422, None),
    ],
)
async def test_what_cannot_happen_is_not_requested(
    identity: Running, boss: people.Person, wish: dict[str, Any], status: int, reason: str | None
) -> None:
    """Given a request that could not happen, when sent, then it is refused at once."""
    known = {"{nobody}": "bank_account_01m804gnfyejjb59e5dbx4yqmy", "{boss}": boss.user_id}
    wish = {name: known.get(it, it) if isinstance(it, str) else it for name, it in wish.items()}
    async with people.browser(identity) as office:
        await office.signs_in(boss)

        answer = await office.proves_and_asks(boss, "/v1/approvals", wish)

    assert answer.status_code == status, answer.text
    assert reason in (None, answer.json()["reason"])


@pytest.mark.attack("S36")
async def test_an_applicant_sees_accounts_masked_and_no_more(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given an applicant, when they look at accounts and approvals, then masked, or 403."""
    person = await people.applicant(identity, boss)
    async with people.browser(identity) as office, people.browser(identity) as home:
        account = await _account(office, boss, second)
        await home.signs_in(person)
        seen = await _accounts(home)
        path = f"/v1/bank-accounts/{account['bank_account_id']}/reveal"
        answers = [
            await home.ask("POST", path),
            await home.ask("GET", "/v1/approvals"),
            await home.ask("POST", "/v1/approvals", json=NEW_ACCOUNT),
        ]

    assert seen == [account]
    for answer in answers:
        then.refused(answer, 403, "forbidden")
