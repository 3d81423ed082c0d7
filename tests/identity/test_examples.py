"""What the documents show as an example is what the service takes: nobody is misled by a page."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import time_machine

from libs.common.permissions import PERMISSIONS
from libs.common.security import intent
from services.identity.domain.token_form import MEDIA_TYPE
from tests.identity import people
from tests.kit.running import Running

_ROOT = Path(__file__).parents[2]
_JSON = "application/json"
_SHOWN_ON = datetime.fromisoformat("2026-08-25T10:15:00+09:00")


def _operations() -> list[Any]:
    """Every operation of identity that takes a body: method, path, what it is, what is shown."""
    found = []
    for name in ("openapi.json", "openapi-staff.json"):
        for path, item in json.loads((_ROOT / name).read_text())["paths"].items():
            for method, it in item.items():
                if it["x-service"] == "identity" and "requestBody" in it:
                    shown = (method.upper(), path, it)
                    found.append(pytest.param(*shown, id=it["operationId"]))
    return found


def _example(operation: dict[str, Any]) -> tuple[str, Any]:
    [(kind, content)] = operation["requestBody"]["content"].items()
    return kind, content["example"]


def _bearer(
    identity: Running, person: people.Person, operation: dict[str, Any], **told: str
) -> str:
    scopes = [scope for it in operation.get("security", []) for scope in it.get("OAuth2", [])]
    is_staff = any(scope.startswith("ops:") for scope in scopes)
    role, tenant = ("operator", None) if is_staff else ("administrator", person.tenant)
    claims = identity.identity.claims(scopes or ["profile:read"], tenant, role)
    if any(PERMISSIONS[scope].bound for scope in scopes):
        claims["intent"] = intent(told["method"], told["path"], told["body_hash"])
    return f"Bearer {identity.identity.sign(claims)}"


@pytest.mark.parametrize(("method", "path", "operation"), _operations())
async def test_an_example_is_taken(
    identity: Running, boss: people.Person, method: str, path: str, operation: dict[str, Any]
) -> None:
    """Given an operation's own example, when it is sent by whoever may, then its form is right."""
    kind, example = _example(operation)
    for name in ("approval_id", "announcement_id", "registration_id", "user_id"):
        path = path.replace(f"{{{name}}}", f"{name.removesuffix('_id')}_{'0' * 26}")
    path = path.replace("{policyholder_code}", "045012300").replace("{valid_from}", "2031-04-01")
    # The examples have a day of their own; keys and hours are judged by it.
    with time_machine.travel(_SHOWN_ON, tick=False):
        async with people.browser(identity) as office:
            answer = await _sent(office, boss, operation, method, path, kind, example)

    assert answer.status_code not in {400, 415, 422, 500}, answer.text


async def _sent(
    office: people.Browser,
    person: people.Person,
    operation: dict[str, Any],
    method: str,
    path: str,
    kind: str,
    example: Any,
) -> httpx.Response:
    if kind == MEDIA_TYPE:
        return await office.client.request(method, path, data=example)
    body = json.dumps(example).encode()
    told = {"method": method, "path": path, "body_hash": sha256(body).hexdigest()}
    headers = {
        "Authorization": _bearer(office.service, person, operation, **told),
        "Content-Type": _JSON,
        "Idempotency-Key": uuid4().hex,
        "If-Match": '"1"',
    }
    return await office.client.request(method, path, content=body, headers=headers)
