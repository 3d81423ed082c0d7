"""Requests made up from the documents, good and bad: each gets an answer the documents know."""

import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from schemathesis import Case, GenerationMode

from tests.attacks.given import ATTACKER, Services
from tests.attacks.targets import Target, targets

_ROOT = Path(__file__).parents[2]
_EXAMPLES = int(os.environ.get("FUZZ", "6"))
_FORM = "application/x-www-form-urlencoded"
# Files are another matter; and nobody moves the suite's clock.
_LEFT_OUT = {("POST", "/v1/ledger-uploads"), ("PUT", "/ops/v1/clock")}


def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((_ROOT / name).read_text())
    return document


_DOCUMENTS = [_document("openapi.json"), _document("openapi-staff.json")]
_OPERATIONS = {
    (method.upper(), path): schemathesis.openapi.from_dict(document)[path][method.upper()]
    for document in _DOCUMENTS
    for path, methods in document["paths"].items()
    for method in methods
    if (method.upper(), path) not in _LEFT_OUT
}


@pytest.mark.attack("S53")
@pytest.mark.parametrize("operation", _OPERATIONS, ids=" ".join)
@settings(
    max_examples=_EXAMPLES,
    derandomize=_EXAMPLES < 10,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=some.data())
async def test_no_request_is_our_fault(
    services: Services, operation: tuple[str, str], data: Any
) -> None:
    """Given any request to an operation, when it is sent, then it is answered or refused."""
    target = next(it for it in targets(services) if (it.method, it.path) == operation)
    good, bad = (
        _OPERATIONS[operation].as_strategy(generation_mode=mode) for mode in GenerationMode
    )
    case = data.draw(good | bad)

    answer = await _sent(services, target, case)

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400 and target.scopes:
        assert answer.headers["content-type"] == "application/problem+json"
    elif target.scopes:
        documented = _OPERATIONS[operation].definition.raw["responses"]
        assert str(answer.status_code) in documented, answer.status_code


async def _sent(services: Services, target: Target, case: Case) -> httpx.Response:
    running = services[target.service]
    role = "operator" if target.path.startswith("/ops/") else "administrator"
    tenant = None if role == "operator" else ATTACKER
    claims = running.identity.claims(target.scopes, tenant, role)
    headers = {
        name: value
        for name, value in {"Idempotency-Key": uuid4().hex, **(case.headers or {})}.items()
        if name.isascii() and name.isprintable() and " " not in name and name
    } | {"Authorization": f"Bearer {running.identity.sign(claims)}"}
    if target.path == "/v1/oauth2/token":
        del headers["Authorization"]
    body: dict[str, Any] = {}
    if isinstance(case.body, bytes):
        body = {"content": case.body}
    elif case.media_type == _FORM and isinstance(case.body, dict):
        body = {"data": {str(name): str(value) for name, value in case.body.items()}}
    elif isinstance(case.body, dict | list | str | int | float | bool | None):
        body = {"content": json.dumps(case.body).encode()}
    if case.media_type:
        headers |= {"Content-Type": case.media_type}
    return await running.client.request(
        target.method,
        case.formatted_path.replace("\\", "%5C"),
        params={name: value for name, value in (case.query or {}).items()},
        headers={name: str(value).encode("utf-8", "replace") for name, value in headers.items()},
        **body,
    )
