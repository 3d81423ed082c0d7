"""A company's first user, from the wish to be registered to the last sign-out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.local import Stack
from deploy.local.demo.client import Json, fresh_key, granted, until
from deploy.local.demo.staff import Staff
from tests.journeys.person import Person, Telephone
from tests.kit import then

pytestmark = pytest.mark.xdist_group("platform")

_CODE = "045077123"
_PASSWORD = "the tide lifts 37 old boats"
_WISH = {
    "name_ja": "舫商事株式会社",
    "name_en": "Moyai Trading Co., Ltd.",
    "administrator_name": "舫 花子",
    "administrator_mail": "hanako@first-user.example",
}
_ACCOUNT = {
    "kind": "BANK_ACCOUNT_CREATE",
    "account": {
        "bank_code": "0001",
        "branch_code": "001",
        "kind": "ORDINARY",
        "number": "1234567",
        "holder_kana": "モヤイショウジ（カ",
    },
}


@dataclass(frozen=True)
class Begun:
    """The first administrator as she is once signed in, and what she was answered on her way."""

    hanako: Person
    login_id: str
    registration: Json
    steps: list[str]
    session: Json


@pytest.fixture(scope="module")
def begun(stack: Stack, staff: Staff) -> Iterator[Begun]:
    """A registration, accepted by staff, whose first administrator went all the way in."""
    hanako = Person(stack, _WISH["administrator_mail"], Telephone())
    headers = {"Idempotency-Key": fresh_key()}
    asked = granted(hanako.http.post("/registrations", json=_WISH, headers=headers))
    _accepted(staff, asked)
    seen = {"Registration-Token": asked["status_token"]}
    path = f"/registrations/{asked['registration_id']}"
    registration = granted(hanako.http.get(path, headers=seen))
    login_id, code = hanako.mailed()
    steps = [
        hanako.step("login/activation", login_id=login_id, activation_code=code),
        hanako.step("login/password", new_password=_PASSWORD),
        hanako.step("login/enrolment"),
    ]
    hanako.telephone.reads(steps[-1]["otpauth_uri"])
    session = hanako.step("login/otp", otp=hanako.telephone.shows())
    hanako.holds(session)
    yield Begun(hanako, login_id, registration, [it["next"] for it in steps], session)
    hanako.http.close()


def _accepted(staff: Staff, asked: Json) -> None:
    decision = {"policyholder_code": _CODE, "reason_ja": "確認済み", "reason_en": "Checked"}
    headers = {"Idempotency-Key": fresh_key(), "If-Match": f'"{asked["version"]}"'}
    path = f"/registrations/{asked['registration_id']}/accept"
    granted(staff.http.post(path, json=decision, headers=headers))


def test_a_company_comes_in_step_by_step(begun: Begun) -> None:
    """Given a company nobody knows, when staff say yes, then a code in the mail leads her in."""
    me = granted(begun.hanako.http.get("/me"))

    assert (begun.registration["status"], begun.registration["policyholder_code"]) == (
        "ACCEPTED",
        _CODE,
    )
    assert begun.steps == ["password", "enrolment", "confirmation"]
    assert len(begun.session["recovery_codes"]) == 10
    assert (me["login_id"], me["role"]) == (begun.login_id, "ADMINISTRATOR")


def test_her_session_opens_every_service(begun: Begun) -> None:
    """Given her session, when all six services are asked, then each lets her in."""
    paths = ["policyholder", "buyers", "policies", "ledger-contracts", "code-tables", "incidents"]

    answers = [begun.hanako.http.get(f"/{path}") for path in paths]

    assert [answer.status_code for answer in answers] == [200] * 6


def test_an_account_needs_a_proof_for_that_very_request(begun: Begun, staff: Staff) -> None:
    """Given a session alone, when an account is wished, then only a proof for it will do."""
    headers = {"Idempotency-Key": fresh_key()}
    unproven = begun.hanako.http.post("/approvals", json=_ACCOUNT, headers=headers)
    made = granted(begun.hanako.proves_and_asks(_PASSWORD, "/approvals", _ACCOUNT))

    decision = {"policyholder_code": _CODE, "content_hash": made["content_hash"]}
    seen = {"Idempotency-Key": fresh_key(), "If-Match": f'"{made["version"]}"'}
    path = f"/approvals/{made['approval_id']}/approve"
    approved = granted(staff.http.post(path, json=decision, headers=seen))

    then.refused(unproven, 401, "step-up-required")
    assert 'acr_values="aal2"' in unproven.headers["www-authenticate"]
    assert approved["status"] == "APPROVED"


def test_the_history_tells_her_way(begun: Begun) -> None:
    """Given all she did, when she reads the access history, then it stands there in order."""
    entries = granted(begun.hanako.http.get("/access-history"))["items"]

    done = [it["action"] for it in entries if it["outcome"] == "SUCCESS"]
    assert done[:4] == ["user.create", "login.activation", "password.set", "login"]
    assert [it["seq"] for it in entries] == list(range(1, len(entries) + 1))
    assert {it["source_address"] for it in entries} <= {"127.0.0.1", None}


def test_what_another_service_refused_is_in_her_history(stack: Stack, begun: Begun) -> None:
    """Given her token, when she tries what is for staff, then her company's history tells it."""
    headers = {"Authorization": begun.hanako.http.headers["Authorization"]}
    tried = httpx.put(f"{stack.ports.staff_url}/ops/v1/buyers/3344550", json={}, headers=headers)

    told = until(
        bool,
        lambda: granted(begun.hanako.http.get("/access-history", params={"action": "access"}))[
            "items"
        ],
    )

    then.refused(tried, 403, "forbidden")
    assert [(it["target"], it["reason"]) for it in told] == [
        ("PUT /ops/v1/buyers/{buyer_code}", "forbidden")
    ]


def test_she_takes_the_history_away_and_proves_it(
    stack: Stack, begun: Begun, tmp_path: Path
) -> None:
    """Given her history, when she takes it away, then a command finds every entry as written."""
    span = {"occurred_at_from": "2026-04-01T00:00:00Z", "occurred_at_to": "2027-03-31T00:00:00Z"}
    headers = {"Idempotency-Key": fresh_key()}
    made = begun.hanako.http.post("/access-history-exports", json=span, headers=headers)
    path = f"/access-history-exports/{granted(made)['export_id']}/content"
    history, keys = tmp_path / "history.jsonl", tmp_path / "keys.json"
    history.write_bytes(begun.hanako.http.get(path).content)
    url = f"{stack.ports.gateway_url}/.well-known/audit-jwks.json"
    keys.write_bytes(httpx.get(url).content)

    said = stack.act("identity", "verify-history", str(history), str(keys))

    assert said.strip().startswith(f"{_CODE}: entries 1 to ")
    assert said.strip().endswith("are as written")


def test_every_history_is_as_it_was_told(stack: Stack) -> None:
    """Given histories whose checkpoints are on Kafka, when the operator verifies, all are whole."""
    *_, verified = stack.act("identity", "verify-histories").splitlines()

    said = json.loads(verified)
    assert said["event"] == "histories_verified"
    assert said["checkpoints_told"] > 0


def test_a_session_is_renewed_and_ends_everywhere(stack: Stack, begun: Begun) -> None:
    """Given a second session, when it is renewed and signed out, then no service knows it."""
    browser = Person(stack, begun.hanako.mail, begun.hanako.telephone)
    first = browser.step("login", login_id=begun.login_id, password=_PASSWORD)
    browser.step("login/otp", otp=browser.telephone.shows())
    renewed = browser.step("refresh")
    browser.holds(renewed)
    before = browser.http.get("/buyers")

    left = browser.http.post("/auth/logout")

    paths = ["/me", "/buyers", "/ledger-contracts"]
    statuses = until(
        [401, 401, 401].__eq__,
        lambda: [browser.http.get(path).status_code for path in paths],
    )
    assert (first["next"], before.status_code, left.status_code) == ("otp", 200, 204)
    assert statuses == [401, 401, 401]
    then.refused(browser.http.post("/auth/refresh"), 401, "refresh-rejected")
