"""Who gets in where: tokens, tenants, and the two listeners of the gateway."""

import time
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.local import Stack
from deploy.local.demo.client import until
from deploy.local.demo.erp import Erp
from deploy.local.demo.staff import Staff
from tests.journeys import given
from tests.kit import then

pytestmark = pytest.mark.xdist_group("platform")


def _expired_token(stack: Stack) -> str:
    """A token that was good for five minutes, an hour ago."""
    claims = {
        "iss": stack.ports.gateway_url,
        "sub": "client_1",
        "aud": ["ledger"],
        "iat": int(time.time()) - 3600,
        "exp": int(time.time()) - 3300,
        "jti": uuid4().hex,
    }
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims, key, "ES256", headers={"typ": "at+jwt", "kid": "old"})


def _statuses(erp: Erp, paths: list[str]) -> list[int]:
    return [erp.http.get(path).status_code for path in paths]


def test_what_is_one_policyholders_does_not_exist_for_another(toto: Erp, naniwa: Erp) -> None:
    """Given a contract of one, when another asks for all that came of it, then it is not found."""
    number = given.policy_number()
    upload = given.applied(toto, number)
    paths = [
        f"/ledger-uploads/{upload['id']}",
        f"/ledger-uploads/{upload['id']}/findings",
        f"/ledger-contracts/{number}",
        f"/ledger-contracts/{number}/history",
        f"/policies/{number}",
        f"/assessments/{number}-00-00-0",
    ]
    until([200, 200, 200, 200, 200, 200].__eq__, lambda: _statuses(toto, paths))

    answers = _statuses(naniwa, paths)

    assert answers == [404, 404, 404, 404, 404, 404]


def test_another_cannot_submit_what_is_not_his(toto: Erp, naniwa: Erp) -> None:
    """Given a dry run of one, when another submits it, then it does not exist."""
    ledger = given.ledger(given.policy_number())
    tried = toto.hand_in(ledger, given.FILE_NAME, declared_count="1")

    answer = naniwa.ask_to_submit(tried, "a-strangers-key")

    then.refused(answer, 404, "not-found", "upload-not-found")


@pytest.mark.parametrize("path", ["/v1/ledger-uploads", "/v1/buyers", "/v1/assessments"])
def test_without_a_token_the_gateway_refuses(stack: Stack, path: str) -> None:
    """Given no token, when a service is asked, then the gateway answers in both languages."""
    answer = httpx.get(stack.ports.gateway_url + path)

    body = then.refused(answer, 401, "invalid-token")
    assert body["instance"] == path


def test_an_expired_token_is_refused(stack: Stack) -> None:
    """Given a token of an hour ago, when it is shown, then the gateway does not let it in."""
    headers = {"Authorization": f"Bearer {_expired_token(stack)}"}

    answer = httpx.get(f"{stack.ports.gateway_url}/v1/ledger-uploads", headers=headers)

    then.refused(answer, 401, "invalid-token")


def test_staff_paths_are_not_on_the_public_listener(stack: Stack, staff: Staff) -> None:
    """Given a staff token, when it is shown at the public gateway, then there is no such path."""
    answer = httpx.put(f"{stack.ports.gateway_url}/ops/v1/clock", json={}, auth=staff.http.auth)

    then.refused(answer, 404, "not-found")


def test_a_policyholder_has_no_business_at_the_staff_listener(stack: Stack, toto: Erp) -> None:
    """Given an ERP's token, when it tries a staff act, then it is forbidden."""
    answer = httpx.put(
        f"{stack.ports.staff_url}/ops/v1/buyers/3344550", json={}, auth=toto.http.auth
    )

    then.refused(answer, 403, "forbidden")


@pytest.mark.parametrize("listener", ["gateway_url", "staff_url"])
def test_what_services_ask_each_other_is_reached_from_nowhere(stack: Stack, listener: str) -> None:
    """Given the two listeners, when an internal path is asked for, then none has it."""
    answer = httpx.get(getattr(stack.ports, listener) + "/internal/revocations")

    then.refused(answer, 404, "not-found")
