"""What is sent as JSON, and what may not be: nothing a caller sends is our fault."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from tests.common.shop import READ
from tests.kit import then
from tests.kit.running import Running

_NESTED = '{"text": "deep", "parts": ' + "[" * 32 + "]" * 32 + "}"


async def _sent(
    shop: Running, body: str | bytes, media_type: str = "application/json"
) -> httpx.Response:
    headers = {"Idempotency-Key": uuid4().hex, "Content-Type": media_type}
    return await shop.client.post("/v1/notes", content=body, headers=shop.caller(READ) | headers)


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        "nonsense",
        '{"text": "a", "text": "b"}',
        '{"text": "a", "parts": [{"x": 1, "x": 1}]}',
        '{"text": NaN}',
        '{"text": -Infinity}',
        '{"text": "a", "number": ' + "9" * 5000 + "}",
        _NESTED,
        "[" * 100_000,
        b'{"text": "\xff\xfe"}',
        b'\xef\xbb\xbf{"text": "a"}',
    ],
    ids=lambda body: repr(body[:32]),
)
async def test_what_cannot_be_read_is_malformed(shop: Running, body: str | bytes) -> None:
    """Given a body that is no single JSON value, when it is sent, then 400, or 422 when empty."""
    answer = await _sent(shop, body)

    assert then.refused(answer, 422 if body == "" else 400, answer.json()["code"])
    assert answer.json()["code"] in ("malformed-request", "validation-failed")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ('{"text": "a\\u0000b"}', "#/text"),
        ('{"text": "a\\ud800b"}', "#/text"),
        ('{"text": "a", "parts": ["b", "\\udfff"]}', "#/parts/1"),
        ('{"text": "a", "\\ud800": "b"}', "#"),
    ],
)
async def test_what_no_database_takes_is_named(shop: Running, body: str, pointer: str) -> None:
    """Given text with a NUL or half a character, when it is sent, then 422 says where it is."""
    answer = await _sent(shop, body)

    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert (item["code"], item["pointer"]) == ("bad-format", pointer)


@pytest.mark.parametrize(
    "text", ["🚢", "\\ud83d\\udea2", "髙﨑~①㈱", "'; DROP TABLE notes --", "a" * 9999]
)
async def test_any_other_text_is_kept_as_it_is(shop: Running, text: str) -> None:
    """Given text of any kind, when it is sent, then it is shown again."""
    its_own = f"{text}{uuid4().hex}"

    answer = await _sent(shop, f'{{"text": "{its_own}"}}')

    assert answer.status_code == 201
    assert answer.json()["text"] == its_own.replace("\\ud83d\\udea2", "🚢")


async def test_strict_types_and_no_unknown_member(shop: Running) -> None:
    """Given members of another type or name, when they are sent, then 422 names each."""
    answer = await _sent(shop, '{"text": 7, "parts": "a", "tenant": "045099900"}')

    body = then.refused(answer, 422, "validation-failed")
    assert {(it["code"], it["pointer"]) for it in body["errors"]} == {
        ("wrong-type", "#/text"),
        ("wrong-type", "#/parts"),
        ("unknown-field", "#/tenant"),
    }
    assert "045099900" not in answer.text


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/jsonp", ""])
async def test_another_media_type_is_not_taken(shop: Running, media_type: str) -> None:
    """Given good JSON, when it is called something else, then 415."""
    answer = await _sent(shop, '{"text": "a"}', media_type)

    then.refused(answer, 415, "unsupported-media-type")


async def test_a_large_body_is_refused_however_it_is_declared(shop: Running) -> None:
    """Given more than a mebibyte, when it comes with and without a length, then 413."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * 65_536

    headers = shop.caller(READ) | {
        "Idempotency-Key": uuid4().hex,
        "Content-Type": "application/json",
    }
    declared = await _sent(shop, b" " * (1024 * 1024 + 1))
    chunked = await shop.client.post("/v1/notes", content=pieces(), headers=headers)

    then.refused(declared, 413, "payload-too-large")
    then.refused(chunked, 413, "payload-too-large")


async def test_a_stranger_hears_of_the_token_first(shop: Running) -> None:
    """Given no token, when a broken or a huge body is sent, then 401 and no more."""
    answers = [
        await shop.client.post("/v1/notes", content=body, headers={"Content-Type": kind})
        for body in (b"{", b" " * 2_000_000, b'{"text": 7}')
        for kind in ("application/json", "text/plain")
    ]

    for answer in answers:
        then.refused(answer, 401, "invalid-token")


@pytest.mark.parametrize("body", [b"{}", b"null", b" ", b"\xff", b"{" * 2_000_000])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_body_is_refused_where_none_is_taken(
    shop: Running, method: str, body: bytes
) -> None:
    """Given an operation that takes no body, when any is sent, then 422 points to all of it."""
    answer = await shop.client.request(
        method, "/v1/notes/note_none", content=body, headers=shop.caller(READ)
    )

    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert (item["code"], item["pointer"]) == ("not-allowed-here", "#")


async def test_no_body_may_come_in_pieces(shop: Running) -> None:
    """Given an operation that takes no body, when none comes, chunk by chunk, then it is done."""

    async def nothing() -> AsyncIterator[bytes]:
        yield b""
        yield b""

    answer = await shop.client.request(
        "GET", "/v1/notes", content=nothing(), headers=shop.caller(READ)
    )

    assert answer.status_code == 200
