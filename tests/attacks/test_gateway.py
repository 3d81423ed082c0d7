"""The platform from outside: what the gateway lets through, and what its logs keep of it."""

import base64
import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local import Stack
from deploy.local.demo.client import PrivateKeyJwt, until
from deploy.local.secrets import STAFF
from tests.attacks.targets import OPEN
from tests.kit import then

pytestmark = pytest.mark.xdist_group("platform")

_ROOT = Path(__file__).parents[2]
_POLICYHOLDER = "099900099"
_SHORTEST_SECRET = 16
_INNER = [
    "/internal/revocations",
    "/internal",
    "/v1/../internal/revocations",
    "/v1/buyers/../../internal/revocations",
    "//internal/revocations",
    "/internal//revocations",
    "/%69nternal/revocations",
    "/v1/%2e%2e/internal/revocations",
    "/v1/..%2finternal/revocations",
    "/v1/..;/internal/revocations",
    "/INTERNAL/revocations",
    "/readyz",
    "/metrics",
    "/v1/metrics",
    "/v1/oauth2/token/../../../metrics",
]


def _operations(name: str) -> list[tuple[str, str]]:
    paths: dict[str, Any] = json.loads((_ROOT / name).read_text())["paths"]
    return [
        (method.upper(), re.sub("{.*?}", "1", path)) for path in paths for method in paths[path]
    ]


@pytest.fixture(scope="module")
def staff(stack: Stack) -> Iterator[httpx.Client]:
    """The insurer's staff at their own door."""
    key = stack.secrets.client_key(STAFF)
    auth = PrivateKeyJwt(stack.ports.gateway_url, STAFF, key)
    with httpx.Client(base_url=stack.ports.staff_url, auth=auth, timeout=30) as client:
        client.put(
            f"/ops/v1/policyholders/{_POLICYHOLDER}",
            json={"name_ja": "舫商事株式会社", "name_en": "Moyai Trading Co., Ltd."},
        )
        yield client


@pytest.fixture(scope="module")
def secret(staff: httpx.Client) -> tuple[str, str]:
    """A machine client that proves itself by a secret: its id and the secret."""
    wish = {
        "policyholder_code": _POLICYHOLDER,
        "name": "ERP",
        "authentication": {"method": "CLIENT_SECRET_BASIC"},
        "scopes": ["buyers:read"],
        "source_addresses": ["203.0.113.0/24"],
    }
    made = staff.post(
        "/ops/v1/machine-clients", json=wish, headers={"Idempotency-Key": uuid4().hex}
    ).json()
    return made["client_id"], made["client_secret"]


def _raw(port: int, path: str, token: str) -> http.client.HTTPResponse:
    """Ask for a path exactly as it is written; clients in between would tidy it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.putheader("Authorization", f"Bearer {token}")
    connection.endheaders()
    return connection.getresponse()


def _token(staff: httpx.Client) -> str:
    authorization = staff.get("/ops/v1/none").request.headers["authorization"]
    return authorization.removeprefix("Bearer ")


@pytest.mark.attack("S40")
def test_no_operation_opens_to_a_stranger(stack: Stack) -> None:
    """Given every documented operation, when a stranger comes by either door, then 401 or 404."""
    public, inner = _operations("openapi.json"), _operations("openapi-staff.json")
    with httpx.Client() as client:
        outside = {
            path: client.request(method, stack.ports.gateway_url + path)
            for method, path in public
            if re.sub("/1$", "", path) not in {re.sub("/{.*", "", it) for it in OPEN}
            and not path.startswith("/schemas/")
        }
        theirs = [client.request(method, stack.ports.gateway_url + path) for method, path in inner]
        at_their_door = [
            client.request(method, stack.ports.staff_url + path) for method, path in inner
        ]

    assert len(outside) > len(OPEN)
    for answer in (*outside.values(), *at_their_door):
        then.refused(answer, 401, "invalid-token")
    for answer in theirs:
        then.refused(answer, 404, "not-found")


@pytest.mark.attack("S33")
@pytest.mark.parametrize("path", _INNER)
def test_inner_paths_are_not_there(stack: Stack, staff: httpx.Client, path: str) -> None:
    """Given a path inside, however it is spelt, when asked from outside, then it is not there."""
    for port in (stack.ports.gateway, stack.ports.staff):
        answer = _raw(port, path, _token(staff))

        assert answer.status in (400, 404), (path, answer.status)
        assert json.loads(answer.read())["code"] in ("malformed-request", "not-found")


@pytest.mark.attack("S27")
def test_staff_tokens_open_nothing_outside(stack: Stack, staff: httpx.Client) -> None:
    """Given a staff token and forged names, when used at the public door, then 401 or 403."""
    headers = {
        "Authorization": f"Bearer {_token(staff)}",
        "X-Tenant": _POLICYHOLDER,
        "X-Jwt-Payload": base64.b64encode(b'{"tenant":"099900099"}').decode(),
    }
    with httpx.Client(base_url=stack.ports.gateway_url, headers=headers) as client:
        answers = [client.get(path) for path in ("/v1/buyers", "/v1/policies", "/v1/policyholder")]

    for answer in answers:
        then.refused(answer, 403, "forbidden")


@pytest.mark.attack("S49")
def test_eleven_mebibytes_are_too_many(stack: Stack, staff: httpx.Client) -> None:
    """Given 11 MiB for a buyer, when sent with and without a length, then 413."""
    pieces = [b" " * 1024 * 1024] * 11
    kind = {"Content-Type": "application/json"}

    declared = staff.put("/ops/v1/buyers/7777777", content=b"".join(pieces), headers=kind)
    chunked = staff.put("/ops/v1/buyers/7777777", content=iter(pieces), headers=kind)

    then.refused(declared, 413, "payload-too-large")
    then.refused(chunked, 413, "payload-too-large")


def _kept(folder: Path) -> Iterator[str]:
    """Every secret in the files of a platform: passwords, keys, and the lines of key files."""
    for path in (it for it in folder.rglob("*") if it.is_file()):
        for line in path.read_text().splitlines():
            within = re.search(r"://[^:]+:([^@]+)@", line)
            word = within[1] if within else line
            if len(word) >= _SHORTEST_SECRET and not word.startswith("-----"):
                yield word


def _logs(folder: Path) -> dict[str, str]:
    """Every log of a platform by its name."""
    return {it.name: it.read_text(errors="replace") for it in folder.rglob("*.log")}


@pytest.mark.attack("S63")
def test_no_secret_is_in_any_log(
    stack: Stack, staff: httpx.Client, secret: tuple[str, str]
) -> None:
    """Given secrets and tokens used well and badly, when all logs are read, then none is there."""
    client_id, client_secret = secret
    token, marker = _token(staff), uuid4().hex
    basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
    form = {"grant_type": "client_credentials", "client_secret": client_secret}
    with httpx.Client(base_url=stack.ports.gateway_url) as client:
        client.post("/v1/oauth2/token", data=form, headers={"Authorization": f"Basic {basic}"})
        client.post("/v1/oauth2/token", data=form | {"client_assertion": token})
        client.get(f"/v1/buyers/{marker}", params={"access_token": token})
        client.get("/v1/buyers", headers={"Cookie": f"token={token}", "X-Secret": client_secret})
        client.get("/v1/buyers", headers={"Authorization": f"Bearer {token}x"})
        staff.put("/ops/v1/buyers/1", json={"name": client_secret, "password": client_secret})
        staff.put("/ops/v1/buyers/7777777", content=f'{{"name": "{client_secret}'.encode())

    # The gateway writes its lines down some seconds later.
    logs = until(lambda found: marker in "".join(found.values()), lambda: _logs(stack.folder))
    used = {*_kept(stack.secrets.folder), client_secret, token, token.split(".")[2], basic}

    assert len(logs) > len(stack.services)
    assert len(used) > len(stack.services)
    assert marker in "".join(logs.values())
    for name, text in logs.items():
        assert not [word for word in used if word in text], name
