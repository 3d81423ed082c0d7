"""Values at the edges of what a type can hold, in every place of every operation: never a 5xx."""

from urllib.parse import quote
from uuid import uuid4

import pytest
from fastapi import params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import iter_route_contexts

from tests.attacks.given import GUESSER, NOBODYS, OWNER, Ids, Services, as_of
from tests.attacks.targets import Target, guarded
from tests.kit import then
from tests.underwriting import given as in_underwriting

_HOSTILE = [
    "",
    "'; SELECT pg_sleep(9) --",
    "9" * 5000,
    "-1",
    "１２",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "a" * 4000,
    "\u202e\ufeff",
]
_VERSIONS = ['"' + "9" * 4400 + '"', '"' + "9" * 20 + '"', '"²"', "*", 'W/"1"', '"-1"', '""', "1"]
_BODIES = [b"[" * 100_000, b'{"a":' * 20_000, b"9" * 5000, b'"\\ud800"', b"\xff", b"1e999"]


def _query_of(services: Services, target: Target) -> list[str]:
    """The query parameters an operation understands."""
    route = next(
        it
        for it in iter_route_contexts(services[target.service].app.routes)
        if it.path == target.path and target.method in (it.methods or ())
    )
    found = get_flat_params(route.dependant)
    return [it.alias for it in found if isinstance(it.field_info, params.Query)]


def _headers(services: Services, target: Target) -> dict[str, str]:
    if not target.path.startswith("/ops/"):
        return as_of(services, target, GUESSER)
    bearer = services[target.service].staff(*target.scopes)
    return bearer | {"Idempotency-Key": uuid4().hex, "If-Match": '"1"'}


def _refusals(target: Target, *statuses: int) -> set[int]:
    """How a request may be refused; a step-up bound to another content comes before all."""
    return {*statuses, 401} if target.is_bound else set(statuses)


def _writes(services: Services) -> list[Target]:
    return [it for it in guarded(services) if it.method != "GET"]


async def test_no_path_and_no_query_is_our_fault(services: Services, owned: Ids) -> None:
    """Given hostile values, when sent in any parameter, then the request is answered or refused."""
    for target in guarded(services):
        client = services[target.service].client
        ids = owned if target.method == "GET" else NOBODYS
        paths = [
            target.at(**{name: quote(value, safe="")})
            for name in target.parameters
            for value in _HOSTILE
        ]
        queries = [
            f"{target.at(**ids)}?{name}={quote(value)}"
            for name in _query_of(services, target)
            for value in _HOSTILE
        ]
        for address in paths + queries:
            answer = await client.request(
                target.method, address, headers=_headers(services, target)
            )

            assert answer.status_code < 500, address[:200]


async def test_no_version_is_our_fault(services: Services) -> None:
    """Given versions nobody gave out, when acted on, then the act is refused."""
    for target in _writes(services):
        for version in _VERSIONS:
            headers = _headers(services, target) | {"If-Match": version}
            answer = await services[target.service].client.request(
                target.method,
                target.at(**NOBODYS),
                headers=[(name.encode(), value.encode()) for name, value in headers.items()],
            )

            assert answer.status_code in _refusals(target, 404, 415, 422), (target, version[:30])


@pytest.mark.parametrize("body", _BODIES, ids=lambda body: repr(body[:8]))
async def test_no_body_is_our_fault(services: Services, body: bytes) -> None:
    """Given a body of bad JSON, when any write gets it, asked for or not, then it is refused."""
    for target in _writes(services):
        headers = _headers(services, target) | {"Content-Type": "application/json"}
        answer = await services[target.service].client.request(
            target.method, target.at(**NOBODYS), content=body, headers=headers
        )

        assert answer.status_code in _refusals(target, 400, 404, 415, 422), target


async def test_a_list_is_not_sorted_twice_by_one_thing(services: Services) -> None:
    """Given a sort that names one thing again and again, when asked for, then 422."""
    for target in (it for it in guarded(services) if "sort" in _query_of(services, it)):
        for name in ("updated_at", "received_at", "name", "policy_number"):
            answer = await services[target.service].client.get(
                target.path,
                params={"sort": f"{name},-{name}"},
                headers=as_of(services, target, OWNER),
            )

            [item] = then.refused(answer, 422, "validation-failed")["errors"]
            assert item["parameter"] == "sort"


@pytest.mark.parametrize("after", ["9" * 30, str(2**63), "-1", "x"])
async def test_no_place_in_the_revocations_is_our_fault(services: Services, after: str) -> None:
    """Given a place that cannot be, when what was revoked after it is asked, then 422."""
    answer = await services["identity"].client.get("/internal/revocations", params={"after": after})

    then.refused(answer, 422, "validation-failed")


@pytest.mark.parametrize("count", [-1, 2**31, 2**63, 10**40])
async def test_no_number_overflows_its_column(services: Services, count: int) -> None:
    """Given a count beyond what a column holds, when staff enter it, then 422."""
    answer = await in_underwriting.entered(
        services["underwriting"], in_underwriting.agreement_code(), significant_delay_count=count
    )

    then.refused(answer, 422, "validation-failed")
