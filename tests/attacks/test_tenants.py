"""Another policyholder's things: not found, not listed, not changed."""

import json
from hashlib import sha256
from typing import Any

import httpx
import pytest

from libs.common.security import intent
from tests.attacks.given import ATTACKER, NOBODYS, OWNER, SHARED, Ids, Services, as_of
from tests.attacks.targets import Target, guarded
from tests.kit import then

_ONES_OWN = {"/v1/policyholder", "/v1/me", "/v1/me/otp", "/v1/ip-restriction"}
"""What is no list: there is one of it for each caller."""

_HASH = {"content_hash": "0" * 64}
_GOOD: dict[str, dict[str, Any]] = {
    "PUT /v1/users/{user_id}/otp": {"required": True},
    "POST /v1/approvals/{approval_id}/approve": _HASH,
    "POST /v1/approvals/{approval_id}/reject": _HASH,
}
"""Bodies of acts that need one to be looked at."""


def _of_a_policyholder(services: Services) -> list[Target]:
    """Every operation on one thing that belongs to somebody."""
    return [
        it
        for it in guarded(services)
        if it.path.startswith("/v1/") and it.parameters and not SHARED.issuperset(it.parameters)
    ]


async def _asked(services: Services, target: Target, ids: Ids, tenant: str) -> httpx.Response:
    # A change of nothing is a good one, and is looked at before what it would change.
    empty: dict[str, Any] | None = {} if target.method == "PATCH" else None
    body = _GOOD.get(str(target), empty)
    content = b"" if body is None else json.dumps(body).encode()
    meant = intent(target.method, target.at(**ids), sha256(content).hexdigest())
    kind = {} if body is None else {"Content-Type": "application/json"}
    return await services[target.service].client.request(
        target.method,
        target.at(**ids),
        headers=as_of(services, target, tenant, meant) | kind,
        content=content,
    )


def _told(answer: httpx.Response) -> tuple[int, dict[str, Any], set[str]]:
    """What an answer tells apart from which request it answers."""
    body = {
        name: it for name, it in answer.json().items() if name not in ("request_id", "instance")
    }
    return answer.status_code, body, set(answer.headers)


def _said(answer: httpx.Response) -> object:
    is_json = answer.headers["content-type"] == "application/json"
    return answer.json() if is_json else answer.headers["content-type"]


@pytest.mark.attack("S34")
async def test_a_foreign_id_is_an_unknown_id(services: Services, owned: Ids) -> None:
    """Given one's things, when another tries every operation on them, then nothing is found."""
    walked = _of_a_policyholder(services)

    for target in walked:
        foreign = await _asked(services, target, owned, ATTACKER)
        unknown = await _asked(services, target, NOBODYS, ATTACKER)

        then.refused(foreign, 404, "not-found", foreign.json()["reason"])
        assert _told(foreign) == _told(unknown), target
    assert {name for it in walked for name in it.parameters} == owned.keys()


@pytest.mark.attack("S34")
async def test_the_owner_finds_all_of_it_unchanged(services: Services, owned: Ids) -> None:
    """Given one's things, when another has tried to change them, then their owner sees none."""
    walked = [it for it in _of_a_policyholder(services) if it.method == "GET"]
    before = [await _asked(services, target, owned, OWNER) for target in walked]

    for target in _of_a_policyholder(services):
        await _asked(services, target, owned, ATTACKER)
    after = [await _asked(services, target, owned, OWNER) for target in walked]

    found = {str(it): answer.status_code for it, answer in zip(walked, before, strict=True)}
    assert {name for name, status in found.items() if status != 200} == set()
    # Papers are drawn anew each time; what they say is read as JSON.
    assert [_said(it) for it in after] == [_said(it) for it in before]


@pytest.mark.attack("S35")
async def test_lists_show_ones_own(services: Services, owned: Ids) -> None:
    """Given one's things, when another lists them under one's name, then 422 or none of them."""
    tries: list[dict[str, str]] = [
        {},
        {"tenant": OWNER},
        {"policyholder_code": OWNER},
        {"sort": "tenant"},
        {"sort": "-tenant"},
        *({name: foreign} for name, foreign in owned.items()),
    ]
    lists = (it for it in guarded(services) if it.is_list and it.path not in _ONES_OWN)
    for target in (it for it in lists if not it.path.startswith("/ops/")):
        for query in tries:
            answer = await services[target.service].client.get(
                target.path,
                params=query,
                headers=as_of(services, target, ATTACKER) | {"X-Tenant": OWNER},
            )

            assert answer.status_code == 200 or then.refused(answer, 422, "validation-failed")
            assert not any(foreign in answer.text for foreign in owned.values()), (target, query)


@pytest.mark.attack("S35")
async def test_a_cursor_is_good_in_its_own_hands_only(services: Services, owned: Ids) -> None:
    """Given a cursor of one's list, when another goes on from it, then 422."""
    ledger = services["ledger"]
    target = next(it for it in guarded(services) if str(it) == "GET /v1/ledger-contracts")
    page = await ledger.client.get(
        target.path, params={"limit": 1}, headers=as_of(services, target, OWNER)
    )
    cursor = page.json()["next_cursor"]

    answer = await ledger.client.get(
        target.path,
        params={"limit": 1, "cursor": cursor},
        headers=as_of(services, target, ATTACKER),
    )

    assert cursor
    [item] = then.refused(answer, 422, "validation-failed")["errors"]
    assert item["code"] == "invalid-cursor"


@pytest.mark.attack("S34")
@pytest.mark.attack("S61")
async def test_a_key_replays_to_its_owner_only(services: Services, owned: Ids) -> None:
    """Given an act one has done under a key, when another repeats it, then there is no replay."""
    procedures = next(
        it for it in guarded(services) if str(it) == "POST /v1/procedures/{id}/dismiss"
    )
    underwriting = services["underwriting"]
    key = {"Idempotency-Key": "the-same-key", "If-Match": '"2"'}
    path = procedures.at(**owned)

    mine = await underwriting.client.post(path, headers=as_of(services, procedures, OWNER) | key)
    anothers = await underwriting.client.post(
        path, headers=as_of(services, procedures, ATTACKER) | key
    )

    assert mine.status_code == 200, mine.text
    then.refused(anothers, 404, "not-found", "procedure-not-found")
