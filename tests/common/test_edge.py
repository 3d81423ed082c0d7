"""What every request and every answer has, whatever becomes of it."""

import asyncio
import re
from uuid import uuid4

import pytest
from prometheus_client import generate_latest

from libs.common import context
from tests.common.shop import READ
from tests.kit import then
from tests.kit.running import Running

_SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/notes", 200),
        ("POST", "/v1/notes", 422),
        ("GET", "/v1/unknown", 404),
        ("DELETE", "/v1/notes", 405),
        ("GET", "/v1/faults", 500),
        ("GET", "/livez", 200),
    ],
)
async def test_every_answer_is_safe_and_can_be_quoted(
    shop: Running, method: str, path: str, status: int
) -> None:
    """Given any request, when it is answered, then safe headers, language and id are there."""
    headers = shop.caller(READ) | {"Idempotency-Key": uuid4().hex}

    answer = await shop.client.request(method, path, headers=headers)

    assert answer.status_code == status
    assert _SAFE.items() <= dict(answer.headers).items()
    assert "server" not in answer.headers
    assert answer.headers["content-language"] == "ja"
    assert re.fullmatch("[0-9a-f-]{36}", answer.headers["x-request-id"])


async def test_a_fault_tells_nothing_of_itself(shop: Running) -> None:
    """Given a fault of ours, when it is answered, then 500 without a word about its cause."""
    answer = await shop.client.get("/v1/faults", headers=shop.caller(READ))

    body = then.refused(answer, 500, "internal-error")
    assert "secret-of-the-house" not in answer.text
    assert (body["retryable"], body["instance"]) == (True, "/v1/faults")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example", "[::1]:80"]
)
async def test_an_unknown_host_is_not_served(shop: Running, host: str) -> None:
    """Given another Host, when anything is asked, then 400 in both languages."""
    answer = await shop.client.get("/v1/notes", headers=shop.caller(READ) | {"Host": host})

    then.refused(answer, 400, "invalid-host")
    assert _SAFE.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("host", ["127.0.0.1:8102", "LOCALHOST", "localhost:1"])
async def test_a_known_host_is_served_on_any_port(shop: Running, host: str) -> None:
    """Given our Host with a port, when asked, then it is answered."""
    answer = await shop.client.get("/v1/notes", headers=shop.caller(READ) | {"Host": host})

    assert answer.status_code == 200


async def test_forwarded_hosts_and_methods_have_no_effect(shop: Running) -> None:
    """Given headers that would override, when sent, then nothing is overridden."""
    overriding = {
        "X-Forwarded-Host": "evil.example",
        "X-Original-URL": "/v1/faults",
        "X-HTTP-Method-Override": "DELETE",
    }

    answer = await shop.client.get("/v1/notes", headers=shop.caller(READ) | overriding)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("order-2611-0001", True),
        ("a" * 64, True),
        ("short", False),
        ("a" * 65, False),
        ("with space", False),
        ("quote\"'<>", False),
    ],
)
async def test_a_readable_request_id_is_kept(shop: Running, sent: str, *, kept: bool) -> None:
    """Given a request id, when it is plain, then it is echoed, and else replaced."""
    headers = shop.caller(READ) | {"X-Request-Id": sent}

    answer = await shop.client.get("/v1/unknown", headers=headers)

    assert (answer.headers["x-request-id"] == sent) is kept
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "ja"),
        ("en", "en"),
        ("en-GB, ja;q=0.9", "en"),
        ("fr, en;q=0.2, ja;q=0.1", "en"),
        ("ja;q=0.1, en; q=0.8", "en"),
        ("fr", "ja"),
        ("en;q=0", "ja"),
        ("*;q=0.5, ,;;q=, en;q=x", "ja"),
    ],
)
async def test_the_caller_chooses_the_language(
    shop: Running, accepted: str | None, language: str
) -> None:
    """Given languages a caller accepts, when it is refused, then in the best of ours."""
    chosen = {"Accept-Language": accepted} if accepted else {}

    answer = await shop.client.get("/v1/unknown", headers=shop.caller(READ) | chosen)

    body = then.refused(answer, 404, "not-found")
    assert answer.headers["content-language"] == language
    assert body["title"] == {"ja": "見つかりません", "en": "Not found"}[language]


async def test_head_is_get_without_its_body(shop: Running) -> None:
    """Given a HEAD, when it is asked with and without a token, then as GET would be."""
    known = await shop.client.head("/v1/notes", headers=shop.caller(READ))
    stranger = await shop.client.head("/v1/notes")

    assert (known.status_code, stranger.status_code) == (200, 401)


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "CONNECT", "BREW"])
async def test_other_methods_are_not_allowed(shop: Running, method: str) -> None:
    """Given a method a path does not have, when asked, then 405 names those it has."""
    answer = await shop.client.request(method, "/v1/notes", headers=shop.caller(READ))

    then.refused(answer, 405, "method-not-allowed")
    assert {it.strip() for it in answer.headers["allow"].split(",")} == {"GET", "POST"}


async def test_invented_methods_make_no_figures(shop: Running) -> None:
    """Given a method nobody has, when it was asked, then the figures call it other."""
    await shop.client.request("BREW", "/v1/notes", headers=shop.caller(READ))

    figures = generate_latest().decode()

    assert 'method="other"' in figures
    assert "BREW" not in figures


async def test_requests_do_not_share_their_ids(shop: Running) -> None:
    """Given many requests at once, when they are answered, then each has its own id."""
    sent = [f"request-{number:04d}" for number in range(50)]

    answers = await asyncio.gather(
        *(shop.client.get("/v1/unknown", headers={"X-Request-Id": one}) for one in sent)
    )

    assert [answer.json()["request_id"] for answer in answers] == sent
    assert context.request_id.get() == ""
