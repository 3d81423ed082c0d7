"""Bank accounts, administrators and machine clients come of two people deciding together."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import text

from tests.identity import approving, given, people
from tests.kit import then
from tests.kit.running import Running


async def test_an_account_counts_a_day_after_its_approval(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given an approved account, when a day has passed, then it is in force, shown masked."""
    async with people.browser(identity) as office:
        made = await approving.requested(office, boss)
        approved = await approving.decided(office, second, made)
        early = await approving.accounts(office)
        with time_machine.travel(people.real_now() + timedelta(hours=24, seconds=1), tick=True):
            await office.signs_in(second)
            [account] = await approving.accounts(office)
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
        account = await approving.account(office, boss, second)
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
        account = await approving.account(office, boss, second)
        wish: dict[str, Any] = {"kind": kind, "bank_account_id": account["bank_account_id"]}
        if kind == "BANK_ACCOUNT_CHANGE":
            wish["account"] = approving.ACCOUNT | {"number": "7654321"}
        made = await approving.requested(office, boss, wish)
        approved = await approving.decided(office, second, made)
        during = await approving.accounts(office)
        with time_machine.travel(people.real_now() + timedelta(hours=25), tick=True):
            await office.signs_in(second)
            after = await approving.accounts(office)

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
        account = await approving.account(office, boss, second)
        wish = {"kind": "BANK_ACCOUNT_DELETE", "bank_account_id": account["bank_account_id"]}
        made = await approving.requested(office, boss, wish)
        approved = await approving.decided(office, second, made)
        cancelled = await approving.decided(office, boss, approved.json(), "cancel")
        with time_machine.travel(people.real_now() + timedelta(hours=25), tick=True):
            await office.signs_in(second)
            after = await approving.accounts(office)
            late = await approving.decided(office, boss, cancelled.json(), "cancel")

    assert cancelled.json()["status"] == "CANCELLED"
    assert [it["number_masked"] for it in after] == ["****567"]
    then.refused(late, 409, "state-conflict", "approval-closed")


async def test_an_applicant_becomes_administrator(
    identity: Running, boss: people.Person, second: people.Person
) -> None:
    """Given an applicant, when a grant is approved, then they are one, and sign in anew."""
    person = await people.applicant(identity, boss)
    wish = {"kind": "ADMINISTRATOR_GRANT", "user_id": person.user_id}
    async with people.browser(identity) as office, people.browser(identity) as home:
        await home.signs_in(person)
        made = await approving.requested(office, boss, wish)
        approved = await approving.decided(office, second, made)
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
        made = await approving.requested(office, boss, wish)
        approved = await approving.decided(office, second, made)
        machine.client_id = approved.json()["new_client_id"]
        token = await given.asked(identity, machine.assertion())
        successor = given.Machine(machine.client_id)
        keys = [{"jwk": given.public_jwk(successor.key), "expires_on": given.in_days(90)}]
        change = {"kind": "MACHINE_CLIENT_KEY", "client_id": machine.client_id, "keys": keys}
        await approving.decided(office, second, await approving.requested(office, boss, change))
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
        made = await approving.requested(office, boss, wish)
        approved = await approving.decided(office, second, made)
        seen = await office.ask("GET", f"/v1/approvals/{made['approval_id']}")

    secret = approved.json()["client_secret"]
    assert len(secret) == 43
    assert secret not in seen.text


@pytest.mark.parametrize(
    ("wish", "status", "reason"),
    [
        ({"kind": "BANK_ACCOUNT_DELETE", "bank_account_id": "{nobody}"}, 404, None),
        ({"kind": "ADMINISTRATOR_GRANT", "user_id": "{boss}"}, 409, "user-not-grantable"),
        (
            {"kind": "BANK_ACCOUNT_CREATE", "account": approving.ACCOUNT | {"number": "123"}},
            422,
            None,
        ),
        (
            {
                "kind": "BANK_ACCOUNT_CREATE",
                "account": approving.ACCOUNT | {"holder_kana": "moyai"},
            },
            422,
            None,
        ),
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
        account = await approving.account(office, boss, second)
        await home.signs_in(person)
        seen = await approving.accounts(home)
        path = f"/v1/bank-accounts/{account['bank_account_id']}/reveal"
        answers = [
            await home.ask("POST", path),
            await home.ask("GET", "/v1/approvals"),
            await home.ask("POST", "/v1/approvals", json=approving.NEW_ACCOUNT),
        ]

    assert seen == [account]
    for answer in answers:
        then.refused(answer, 403, "forbidden")
