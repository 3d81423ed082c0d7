"""Code tables over HTTP: published by staff, read as of a day, revalidated by clients."""

import asyncio
from typing import Any

import httpx

from libs.common.database import PLATFORM
from tests.kit import then
from tests.kit.running import Running

from . import given


async def read(
    premium: Running, path: str, headers: dict[str, str] | None = None, **params: str
) -> httpx.Response:
    """A policyholder reads a code table."""
    allowed = premium.caller("code-tables:read") | (headers or {})
    return await premium.client.get(f"/v1/code-tables/{path}", params=params, headers=allowed)


def english(answer: httpx.Response) -> list[Any]:
    """Give the English names of a page of codes."""
    return [code["name_en"] for code in answer.json()["items"]]


async def test_a_published_table_is_told_to_the_others(premium: Running) -> None:
    """Given no such table, when staff publish it, then the others hear the whole of it."""
    answer = await given.published(premium, "told_terms", sample=True)

    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    [(kind, fact)] = await then.told(premium, "told_terms.1", PLATFORM)
    assert kind == "premium.code_table.state.v1"
    assert (fact["version"], fact["valid_from"], fact["sample"]) == (1, "2004-10-01", True)
    assert fact["rows"][0] == {
        "code": "1",
        "name_ja": "本船渡し",
        "name_en": "FOB",
        "attributes": {},
    }


async def test_the_version_of_the_day_is_read(premium: Running) -> None:
    """Given a version that begins in April, then the day before still has the one before."""
    await given.published(premium, "dated_terms")
    one_code = [{"code": "1", "name_ja": "本船", "name_en": "Free on board"}]
    await given.published(
        premium, "dated_terms", version=1, valid_from="2026-04-01", codes=one_code
    )

    the_day_before = await read(premium, "dated_terms/codes", as_of="2026-03-31")
    on_the_day = await read(premium, "dated_terms/codes", as_of="2026-04-01")

    assert english(the_day_before) == ["FOB", "CIF"]
    assert english(on_the_day) == ["Free on board"]
    assert (the_day_before.headers["etag"], on_the_day.headers["etag"]) == ('"1"', '"2"')


async def test_a_table_that_has_not_begun_is_not_found(premium: Running) -> None:
    """Given a table from 2004, when it is read as of the day before, then there is none."""
    await given.published(premium, "young_terms")

    answer = await read(premium, "young_terms", as_of="2004-09-30")

    then.refused(answer, 404, "not-found", "code-table-not-found")


async def test_a_client_that_holds_the_version_gets_no_body(premium: Running) -> None:
    """Given a client with the ETag, when it asks again, then 304 and nothing more comes."""
    await given.published(premium, "kept_terms")
    first = await read(premium, "kept_terms/codes")

    again = await read(premium, "kept_terms/codes", {"If-None-Match": first.headers["etag"]})
    stale = await read(premium, "kept_terms/codes", {"If-None-Match": '"0"'})

    assert first.headers["cache-control"].startswith("private, max-age=")
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert stale.status_code == 200


async def test_tables_in_force_are_listed(premium: Running) -> None:
    """Given a published table, when the tables are listed, then it stands among them."""
    await given.published(premium, "listed_terms")

    answer = await premium.client.get("/v1/code-tables", headers=premium.caller("code-tables:read"))

    assert answer.status_code == 200
    assert "listed_terms" in {table["name"] for table in answer.json()["items"]}


async def test_the_next_version_needs_the_last_one(premium: Running) -> None:
    """Given version 1, when the next is published blindly or from another, then it is refused."""
    await given.published(premium, "versioned_terms")

    blind = await given.published(premium, "versioned_terms")
    stale = await given.published(premium, "versioned_terms", version=7)
    good = await given.published(premium, "versioned_terms", version=1)

    then.refused(blind, 428, "precondition-required")
    assert then.refused(stale, 412, "precondition-failed")["current_version"] == 1
    assert (good.status_code, good.json()["version"]) == (200, 2)


async def test_a_version_cannot_begin_before_the_last_one(premium: Running) -> None:
    """Given a version from October 2004, when the next begins a day earlier, then it conflicts."""
    await given.published(premium, "ordered_terms")

    answer = await given.published(premium, "ordered_terms", version=1, valid_from="2004-09-30")

    then.refused(answer, 409, "state-conflict", "version-out-of-order")


async def test_a_repeated_code_is_refused(premium: Running) -> None:
    """Given a list with one code twice, when it is published, then both places are named."""
    twice = [{"code": "1", "name_ja": "一", "name_en": "one"}] * 2

    answer = await given.published(premium, "doubled_terms", codes=twice)

    body = then.refused(answer, 422, "validation-failed", "codes-not-acceptable")
    assert [(it["code"], it["pointer"]) for it in body["errors"]] == [
        ("duplicate-key", "#/codes/0/code"),
        ("duplicate-key", "#/codes/1/code"),
    ]


async def test_a_settlement_method_nobody_can_count_by_is_refused(premium: Running) -> None:
    """Given a method with an unknown period rule, when it is published, then it is refused."""
    rules = {"ls_rule": "SOMETIME", "ms_rule": "NONE", "input_method": "none"}
    method = {"code": "10", "name_ja": "一覧払", "name_en": "at sight", "attributes": rules}

    answer = await given.published(premium, "settlement_methods", version=1, codes=[method])

    body = then.refused(answer, 422, "validation-failed", "codes-not-acceptable")
    assert [it["pointer"] for it in body["errors"]] == ["#/codes/0/attributes/ls_rule"]


async def test_of_two_who_publish_the_same_version_one_wins(premium: Running) -> None:
    """Given two who read version 1, when both publish the next, then one is told it is stale."""
    await given.published(premium, "rival_terms")

    answers = await asyncio.gather(
        *(given.published(premium, "rival_terms", version=1, title_en=it) for it in ("A", "B"))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_publishing_is_for_staff(premium: Running) -> None:
    """Given a policyholder's caller, when it publishes a table, then it is forbidden."""
    answer = await premium.client.put(
        "/ops/v1/code-tables/stolen_terms",
        json=given.code_table(),
        headers=premium.caller("code-tables:read"),
    )

    then.refused(answer, 403, "forbidden")
