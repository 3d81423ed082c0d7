"""The whole platform on one machine, from its engines to its gateway."""

import time
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
import pytest

from deploy.local import Stack
from deploy.local.secrets import STAFF

pytestmark = pytest.mark.xdist_group("platform")


def _assertion(stack: Stack) -> str:
    """What the insurer's staff sign to get a token."""
    now = int(time.time())
    claims = {
        "iss": STAFF, "sub": STAFF, "aud": stack.ports.gateway_url,
        "iat": now, "exp": now + 60, "jti": uuid4().hex,
    }  # fmt: skip
    key = stack.secrets.client_key(STAFF).read_bytes()
    return jwt.encode(claims, key, algorithm="ES256", headers={"typ": "client-authentication+jwt"})


def test_every_process_of_the_platform_runs(stack: Stack) -> None:
    """Given a started platform, when its processes are listed, then all of them run."""
    stopped = [name for name, process in stack.processes().items() if process.find() is None]

    assert stopped == []


def test_staff_enter_with_the_key_that_was_made_for_them(stack: Stack) -> None:
    """Given a new platform, when staff sign with their key, then they get a token."""
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": _assertion(stack),
    }

    answer = httpx.post(f"{stack.ports.gateway_url}/v1/oauth2/token", data=form)

    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"


def test_no_service_is_reached_without_a_token(stack: Stack) -> None:
    """Given each service, when a stranger comes by the gateway, then none lets it in."""
    paths = ("/v1/policyholder", "/v1/buyers", "/v1/special-agreements", "/v1/ledger-uploads")

    answers = [httpx.get(stack.ports.gateway_url + path) for path in paths]

    assert {answer.status_code for answer in answers} == {401}


def test_only_their_owner_can_read_the_secrets(stack: Stack) -> None:
    """Given a platform's secrets, when their files are looked at, then no other may open them."""
    files = [path for path in Path(stack.secrets.folder).rglob("*") if path.is_file()]

    assert files
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
