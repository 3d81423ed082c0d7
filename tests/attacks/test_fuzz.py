"""Requests made up from the documents, good and bad: each gets an answer the documents know."""

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from schemathesis import GenerationMode

from tests.attacks.given import GUESSER, Services
from tests.attacks.targets import Target, targets
from tests.kit.running import Running

_ROOT = Path(__file__).parents[2]
# FUZZ=120 looks longer, and elsewhere each time.
_EXAMPLES = int(os.environ.get("FUZZ", "6"))
_MULTIPART = "multipart/form-data"
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_NAME = re.compile("[0-9A-Za-z_-]+")


_DOCUMENTS = [
    schemathesis.openapi.from_dict(json.loads((_ROOT / name).read_text()))
    for name in ("openapi.json", "openapi-staff.json")
]
_OPERATIONS = {
    (method.upper(), path): document[path][method.upper()]
    for document in _DOCUMENTS
    for path, methods in document.raw_schema["paths"].items()
    for method in methods
}


# What the other attacks begin with must be there before anything is made up.
@pytest.mark.usefixtures("owned")
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
    documented = _OPERATIONS[operation].definition.raw["responses"]
    known = {str(answer.status_code), f"{answer.status_code // 100}XX"}
    assert known & documented.keys(), answer.status_code


async def _sent(services: Services, target: Target, case: Any) -> httpx.Response:
    running = services[target.service]
    headers = {name: str(value) for name, value in dict(case.headers or {}).items()}
    headers = {name: value for name, value in headers.items() if _NAME.fullmatch(name)}
    headers = {"Idempotency-Key": uuid4().hex} | headers | _authorization(running, target)
    content = _content(case)
    if case.media_type == _MULTIPART and isinstance(case.body, dict):
        form = httpx.Request("POST", "http://form", files=_parts(case.body))
        headers["Content-Type"], content = form.headers["Content-Type"], form.read()
    elif case.media_type:
        headers["Content-Type"] = case.media_type
    return await running.client.request(
        target.method,
        # Else httpx would take it for a slash.
        case.formatted_path.replace("\\", "%5C"),
        params=dict(case.query or {}),
        headers=[(name.encode(), value.encode()) for name, value in headers.items()],
        content=content,
    )


def _authorization(running: Running, target: Target) -> dict[str, str]:
    if not target.scopes:
        return {}
    is_staff = target.path.startswith("/ops/")
    tenant, role = (None, "operator") if is_staff else (GUESSER, "administrator")
    token = running.identity.sign(running.identity.claims(target.scopes, tenant, role))
    return {"Authorization": f"Bearer {token}"}


def _parts(fields: dict[str, Any]) -> dict[str, tuple[str | None, bytes]]:
    """Each made-up field as a part of a form; the file has a name."""
    return {
        name: (
            "ledger.csv" if name == "file" else None,
            value if isinstance(value, bytes) else str(value).encode(errors="replace"),
        )
        for name, value in fields.items()
    }


def _content(case: Any) -> bytes:
    """What the made-up body is on the wire; bytes are sent as they are."""
    if isinstance(case.body, bytes):
        return case.body
    if case.media_type == _FORM and isinstance(case.body, dict):
        return urlencode(case.body).encode()
    if case.media_type == _JSON:
        return json.dumps(case.body).encode()
    return b""
