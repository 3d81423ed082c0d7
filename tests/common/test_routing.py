"""In which order a request is judged, and what its address may say."""

from uuid import uuid4

import pytest

from tests.common.shop import READ
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT


async def test_checks_come_in_their_order(shop: Running) -> None:
    """Given a request wrong in every way, when it is mended step by step, then each is told."""
    text = uuid4().hex
    json: dict[str, object] = {"text": 7}
    headers: dict[str, str] = {}

    async def refused(status: int, code: str) -> None:
        answer = await shop.client.post("/v1/notes", json=json, headers=headers)
        then.refused(answer, status, code)

    await refused(401, "invalid-token")
    claims = shop.identity.claims(["policies:read"]) | {"aud": ["buyers"]}
    headers["Authorization"] = f"Bearer {shop.identity.sign(claims)}"
    await refused(403, "forbidden")
    headers |= shop.caller(READ)
    await refused(400, "idempotency-key-required")
    headers["Idempotency-Key"] = text
    await refused(422, "validation-failed")
    json["text"] = text
    answer = await shop.client.post("/v1/notes", json=json, headers=headers)

    assert answer.status_code == 201


async def test_what_is_not_there_comes_before_its_version(shop: Running) -> None:
    """Given a delete, when thing, then version are missing or old, then 404, 428, 412."""
    known = shop.caller(READ)
    made = await shop.client.post(
        "/v1/notes", json={"text": uuid4().hex}, headers=known | {"Idempotency-Key": uuid4().hex}
    )
    path = made.headers["location"]

    missing = await shop.client.delete("/v1/notes/note_none", headers=known)
    blind = await shop.client.delete(path, headers=known)
    anyway = await shop.client.delete(path, headers=known | {"If-Match": "*"})
    stale = await shop.client.delete(path, headers=known | {"If-Match": '"7"'})
    good = await shop.client.delete(path, headers=known | {"If-Match": '"1"'})

    then.refused(missing, 404, "not-found")
    then.refused(blind, 428, "precondition-required")
    then.refused(anyway, 428, "precondition-required")
    assert then.refused(stale, 412, "precondition-failed")["current_version"] == 1
    assert good.status_code == 204


@pytest.mark.attack("S35")
@pytest.mark.parametrize("name", ["tenant", "note_id", "if-match", "Text", "%00"])
async def test_an_unknown_parameter_is_refused(shop: Running, name: str) -> None:
    """Given a list, when a parameter it does not have is sent, then 422 names it."""
    answer = await shop.client.get(f"/v1/notes?{name}={OTHER_TENANT}", headers=shop.caller(READ))

    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert item["code"] == "unknown-field"
    assert OTHER_TENANT not in answer.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("text=a&text=b", 200),
        ("text=%00", 422),
        ("text=%ff%fe", 200),
        ("text=%ed%a0%80", 200),
        ("text=" + "&text=".join("abcd"), 422),
        ("text", 200),
        ("&&", 200),
    ],
)
async def test_no_query_is_our_fault(shop: Running, query: str, status: int) -> None:
    """Given any query, when it is asked, then it is answered or refused."""
    answer = await shop.client.get(f"/v1/notes?{query}", headers=shop.caller(READ))

    assert answer.status_code == status


@pytest.mark.parametrize(
    "name", ["%00", "a%00b", "%ff", "..%2f..%2fetc", "' OR 1=1 --", "a" * 5000]
)
async def test_no_path_is_our_fault(shop: Running, name: str) -> None:
    """Given any id, when there is nothing of it, then 404."""
    answer = await shop.client.get(f"/v1/notes/{name}", headers=shop.caller(READ))

    then.refused(answer, 404, "not-found")


@pytest.mark.parametrize("path", ["/v1/notes/", "/v1//notes", "/V1/notes", "/v1/notes;a=b", "//"])
async def test_no_path_has_a_second_spelling(shop: Running, path: str) -> None:
    """Given a path spelt otherwise, when asked, then there is nothing and no redirect."""
    answer = await shop.client.get(f"http://127.0.0.1{path}", headers=shop.caller(READ))

    then.refused(answer, 404, "not-found")


async def test_who_holds_the_version_gets_no_body(shop: Running) -> None:
    """Given a note that was read, when it is asked for again by its ETag, then 304."""
    known = shop.caller(READ)
    made = await shop.client.post(
        "/v1/notes", json={"text": uuid4().hex}, headers=known | {"Idempotency-Key": uuid4().hex}
    )

    answer = await shop.client.get(
        made.headers["location"], headers=known | {"If-None-Match": '"0", "1"'}
    )

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == '"1"'
