"""A policyholder with one record of every resource, and the one who is after them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from libs.common import clock
from services.identity import jobs, tables
from services.identity.actions import bank_accounts
from services.identity.domain.approvals import AccountCreation, BankDetails
from tests.attacks.targets import Target
from tests.claims import given as in_claims
from tests.identity import given as in_identity
from tests.identity import people
from tests.identity.approving import ACCOUNT
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT
from tests.ledger import given as in_ledger
from tests.ledger.entering import Desk
from tests.premium import asking, invoicing
from tests.premium import given as in_premium
from tests.underwriting import given as in_underwriting

OWNER, ATTACKER = TENANT, OTHER_TENANT
GUESSER = "045077700"
"""Who makes requests up; kept apart, for a guess may well be a number that the owner has."""

Services = dict[str, Running]
Ids = dict[str, str]

_TODAY = {"occurred_at_from": "2026-04-01T00:00:00Z", "occurred_at_to": "2027-03-31T00:00:00Z"}

SHARED = {
    "buyer_code",
    "name",
    "currency",
    "edition",
    "slug",
    "event_type",
    "layout",
    "calendar_id",
}
"""Parameters that name what everybody may read."""

NOBODYS: Ids = {
    "client_id": "client_01m804gnfyejjb59e5dbx4yqmy",
    "agreement_code": "299999999",
    "id": "procedure_01m804gnfyejjb59e5dbx4yqmy",
    "policy_number": "1020010035726999999",
    "upload_id": "upload_01m804gnfyejjb59e5dbx4yqmy",
    "entry_id": "entry_01m804gnfyejjb59e5dbx4yqmy",
    "check_ledger_id": "check_ledger_01m804gnfyejjb59e5dbx4yqmy",
    "fixed_ledger_id": "fixed_ledger_01m804gnfyejjb59e5dbx4yqmy",
    "invoice_id": "invoice_01m804gnfyejjb59e5dbx4yqmy",
    "estimate_id": "estimate_01m804gnfyejjb59e5dbx4yqmy",
    "assessment_id": "1020010035726999999-00-00-0",
    "loss_notice_id": "loss_notice_01m804gnfyejjb59e5dbx4yqmy",
    "incident_id": "incident_01m804gnfyejjb59e5dbx4yqmy",
    "user_id": "user_01m804gnfyejjb59e5dbx4yqmy",
    "session_id": "session_01m804gnfyejjb59e5dbx4yqmy",
    "approval_id": "approval_01m804gnfyejjb59e5dbx4yqmy",
    "bank_account_id": "bank_account_01m804gnfyejjb59e5dbx4yqmy",
    "announcement_id": "announcement_01m804gnfyejjb59e5dbx4yqmy",
    "export_id": "history_export_01m804gnfyejjb59e5dbx4yqmy",
}
"""For each parameter an id of the right form that nothing has."""


async def records(services: Services, folder: Path) -> Ids:
    """The owner has one record of every resource; gives their ids by parameter."""
    ids = {
        "client_id": await _client(services["identity"]),
        "agreement_code": await in_underwriting.agreement(services["underwriting"]),
        "id": await in_underwriting.procedure(services["underwriting"], "RECEIVED", "APPLIED"),
        "policy_number": "1020010035726000001",
        "upload_id": await _upload(services["ledger"], folder),
        "entry_id": (await Desk(services["ledger"], OWNER).drafts(processing="NEW"))["id"],
        "assessment_id": "1020010035726000001-00-00-0",
    }
    policy = in_underwriting.history(ids["policy_number"])
    await in_underwriting.applied(services["underwriting"], policy)
    priced = in_premium.applied(ids["policy_number"])
    await in_premium.contracts_applied(services["premium"], priced)
    ids |= await _round(services["ledger"], folder)
    ids |= await _priced(services["premium"])
    ids |= await _person(services["identity"])
    return ids | await _notice(services["claims"], folder)


async def _client(identity: Running) -> str:
    for code in (OWNER, ATTACKER, GUESSER):
        answer = await identity.client.put(
            f"/ops/v1/policyholders/{code}",
            json={"name_ja": "舫商事株式会社", "name_en": "Moyai Trading Co., Ltd."},
            headers=identity.staff("ops:policyholders:write"),
        )
        assert answer.status_code == 201, answer.text
    return (await in_identity.machine(identity, policyholder_code=OWNER)).client_id


async def _person(identity: Running) -> Ids:
    await jobs.rotate_keys(identity.databases, in_identity.settings(identity), datetime.now(UTC))
    person = await people.administrator(identity, OWNER)
    async with identity.databases.tenant(OWNER) as tx:
        session_id = (await tx.scalars(select(tables.UserSession.session_id))).one()
    ids = {"user_id": person.user_id, "session_id": session_id}
    return ids | await _account(identity, person)


async def _account(identity: Running, person: people.Person) -> Ids:
    """An account in force, the request it came of, and the history of both taken away."""
    people.trusting(identity)
    await people.hear(identity)
    wish = {"kind": "BANK_ACCOUNT_CREATE", "account": ACCOUNT}
    async with people.browser(identity) as office:
        await office.signs_in(person)
        made = (await office.proves_and_asks(person, "/v1/approvals", wish)).json()
        exported = await office.ask("POST", "/v1/access-history-exports", json=_TODAY)
    async with identity.databases.tenant(OWNER) as tx:
        approval = await tx.get(tables.Approval, (OWNER, made["approval_id"]))
        assert approval is not None
        content = AccountCreation(BankDetails(**ACCOUNT))
        long_ago = datetime.now(UTC) - timedelta(days=9)
        kek = people.kek_of(identity)
        await bank_accounts.put_into_force(tx, kek, approval, content, long_ago)
        await tx.flush()
        account_id = (await tx.scalars(select(tables.BankAccount.bank_account_id))).one()
    ids = {"approval_id": made["approval_id"], "bank_account_id": account_id}
    return ids | {"export_id": exported.json()["export_id"]}


async def _upload(ledger: Running, folder: Path) -> str:
    await in_ledger.register(ledger)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOYAI_CLOCK_FILE", str(folder / "clock.json"))
        clock.move(folder / "clock.json", datetime.fromisoformat("2026-08-25T10:15:00+09:00"))
        upload = await in_ledger.fixture_handed_in(ledger, "new_valid", mode="SUBMIT")
    assert upload["status"] == "APPLIED", upload
    upload_id: str = upload["id"]
    return upload_id


async def _round(ledger: Running, folder: Path) -> Ids:
    """A week's check ledger and a month's fixed one, published by staff."""
    agreement = {"policyholder_code": OWNER, "agreement_code": "200100357"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOYAI_CLOCK_FILE", str(folder / "clock.json"))
        in_claims.it_is("2026-08-26T10:15:00+09:00")
        check = await _published(ledger, "check-ledgers", agreement)
        in_claims.it_is("2026-08-31T10:15:00+09:00")
        fixed = await _published(ledger, "fixed-ledgers", agreement | {"month": "2026-08"})
    return {"check_ledger_id": check, "fixed_ledger_id": fixed}


async def _published(ledger: Running, what: str, wish: dict[str, str]) -> str:
    headers = ledger.staff(f"ops:{what}:write") | {"Idempotency-Key": uuid4().hex}
    answer = await ledger.client.post(f"/ops/v1/{what}", json=wish, headers=headers)
    assert answer.status_code == 201, answer.text
    published: str = answer.json()["id"]
    return published


async def _priced(premium: Running) -> Ids:
    """An invoice of what is final, and an estimate of what may come."""
    await in_premium.the_settlement_methods(premium)
    await asking.the_ratings(premium)
    await in_premium.agreement_told(premium)
    ledger = await invoicing.applied_and_final(
        premium, in_premium.applied(in_premium.policy_number())
    )
    invoice = await invoicing.invoice(premium, ledger)
    question = asking.question(await asking.buyer_told(premium))
    estimate = await asking.estimate(premium, question)
    assert estimate.status_code == 201, estimate.text
    return {"invoice_id": invoice.id, "estimate_id": estimate.json()["id"]}


async def _notice(claims: Running, folder: Path) -> Ids:
    number = await in_claims.contract(claims)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOYAI_CLOCK_FILE", str(folder / "clock.json"))
        in_claims.it_is("2026-11-20T10:15:00+09:00")
        notice = await in_claims.filed(claims, in_claims.unpaid(number))
    return {"loss_notice_id": notice["id"], "incident_id": notice["incident_id"]}


def as_of(
    services: Services, target: Target, tenant: str, meant: str | None = None
) -> dict[str, str]:
    """Headers of somebody who may do all a target asks for, from the version there is."""
    identity = services[target.service].identity
    claims = identity.claims(target.scopes, tenant, "administrator")
    bearer = {"Authorization": f"Bearer {identity.sign(claims | {'intent': meant or 'none'})}"}
    return bearer | {"If-Match": '"1"', "Idempotency-Key": uuid4().hex}
