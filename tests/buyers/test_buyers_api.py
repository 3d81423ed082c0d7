"""The register over HTTP."""

import asyncio
import csv

import pytest

from libs.common.database import PLATFORM
from tests.buyers import given
from tests.kit import then
from tests.kit.running import Running


async def test_a_new_buyer_is_told_to_the_others(buyers: Running) -> None:
    """Given no such buyer, when staff enter it, then the others hear its full record."""
    code = given.code()

    answer = await given.entered(buyers, code)

    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    facts = await then.told(buyers, code, PLATFORM)
    assert {kind for kind, _ in facts} == {"buyers.buyer.registered.v1", "buyers.buyer.state.v1"}
    assert dict(facts)["buyers.buyer.state.v1"]["name"] == "SIAM VALVE & PUMP CO., LTD."


async def test_a_buyer_is_read_with_its_version(buyers: Running) -> None:
    """Given a buyer, when a policyholder reads it, then the record and its ETag come."""
    code = await given.buyer(buyers)

    answer = await buyers.client.get(f"/v1/buyers/{code}", headers=buyers.caller("buyers:read"))

    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert (answer.json()["rating"], answer.json()["last_used_on"]) == ("EA", None)


async def test_an_unknown_buyer_is_not_found(buyers: Running) -> None:
    """Given no such buyer, when it is read, then 404 says so in both languages."""
    answer = await buyers.client.get("/v1/buyers/9999999", headers=buyers.caller("buyers:read"))

    body = then.refused(answer, 404, "not-found", "buyer-not-found")
    assert body["detail"] == "このコードの海外商社は名簿に登録されていません。"


async def test_a_name_is_found_in_other_width_and_case(buyers: Running) -> None:
    """Given a buyer in capitals, when part of it is typed in full width, then it is found."""
    code = await given.buyer(buyers, name="QUOKKA MARINE PTY")

    answer = await buyers.client.get(
        "/v1/buyers", params={"q": "ｑｕｏｋｋａ　ｍａｒ"}, headers=buyers.caller("buyers:read")
    )

    assert [it["buyer_code"] for it in answer.json()["items"]] == [code]


async def test_pages_follow_each_other_without_gap(buyers: Running) -> None:
    """Given five buyers of a country, when read two at a time, then each comes once."""
    codes = [await given.buyer(buyers, country="NZ") for _ in range(5)]
    headers = buyers.caller("buyers:read")

    found, cursor = [], None
    while True:
        params = {"country": "NZ", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await buyers.client.get("/v1/buyers", params=params, headers=headers)).json()
        found += [it["buyer_code"] for it in page["items"]]
        if not (cursor := page["next_cursor"]):
            break

    assert found == codes


async def test_an_unknown_filter_is_refused(buyers: Running) -> None:
    """Given the list, when a filter is misspelt, then 422 names it."""
    answer = await buyers.client.get(
        "/v1/buyers", params={"contry": "TH"}, headers=buyers.caller("buyers:read")
    )

    body = then.refused(answer, 422, "validation-failed")
    assert [(it["code"], it["parameter"]) for it in body["errors"]] == [("unknown-field", "contry")]


async def test_a_replacement_needs_the_version_that_was_read(buyers: Running) -> None:
    """Given a buyer, when it is replaced blindly or from an old version, then it stays."""
    code = await given.buyer(buyers)

    blind = await given.entered(buyers, code, rating="EM")
    stale = await given.entered(buyers, code, version=7, rating="EM")
    good = await given.entered(buyers, code, version=1, rating="EM")

    then.refused(blind, 428, "precondition-required")
    assert then.refused(stale, 412, "precondition-failed")["current_version"] == 1
    assert (good.status_code, good.json()["version"]) == (200, 2)


async def test_of_two_rivals_one_wins(buyers: Running) -> None:
    """Given two who read version 1, when both replace it, then one is told it is stale."""
    code = await given.buyer(buyers)

    answers = await asyncio.gather(
        *(given.entered(buyers, code, version=1, rating=rating) for rating in ("EM", "EF"))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_the_register_is_closed_to_strangers_and_to_the_wrong_scope(buyers: Running) -> None:
    """Given a buyer, when somebody without the right reads or writes, then 401 and 403."""
    anonymous = await buyers.client.get("/v1/buyers/1234560")
    other = await buyers.client.get("/v1/buyers/1234560", headers=buyers.caller("policies:read"))
    policyholder = await buyers.client.put(
        "/ops/v1/buyers/1234560", json=given.entry(), headers=buyers.caller("buyers:read")
    )

    assert anonymous.status_code == 401
    assert {other.status_code, policyholder.status_code} <= {401, 403}


@pytest.mark.attack("S55")
async def test_the_register_is_taken_as_a_file(buyers: Running) -> None:
    """Given a buyer whose name begins like a formula, when exported, then it is only text."""
    code = await given.buyer(buyers, name="=CMD MARINE", country="FJ", country_code="612")

    answer = await buyers.client.get(
        "/v1/buyers/export", params={"country": "FJ"}, headers=buyers.caller("buyers:read")
    )

    assert answer.headers["content-disposition"].startswith('attachment; filename="buyers.csv"')
    header, row = csv.reader(answer.text.splitlines())
    assert header == ["buyer_code", "name", "country", "country_code", "kind", "rating"]
    assert row == [code, "'=CMD MARINE", "FJ", "612", "BUYER", "EA"]
