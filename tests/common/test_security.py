"""The door of a service: who gets in, who is turned away, and that no door is missing."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from libs.common import problem_handlers
from libs.common.routing import Router
from libs.common.security import CurrentCaller, Gate, public, requires, unguarded_routes
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT, StandInIdentity

JSON = {"Content-Type": "application/json"}


def _shop() -> FastAPI:
    """A small service with a guarded, a staff and a public route."""
    app = FastAPI()
    buyers = Router(prefix="/v1", dependencies=[requires("buyers:read")])
    staff = Router(prefix="/ops/v1", dependencies=[requires("ops:buyers:write")])
    machines = Router(prefix="/v1", dependencies=[requires("machine-clients:read")])

    @buyers.get("/who")
    async def who(caller: CurrentCaller) -> dict[str, str]:
        return {"tenant": caller.tenant}

    @buyers.post("/wishes")
    async def wishes(wish: dict[str, int]) -> None:
        pass

    @staff.get("/who")
    async def staff_who(caller: CurrentCaller) -> dict[str, str]:
        return {"role": caller.role}

    @machines.get("/machine-clients")
    async def machine_clients() -> list[str]:
        return []

    @app.get("/hello", dependencies=[public("says hello")])
    async def hello() -> str:
        return "hello"

    for router in (buyers, staff, machines):
        app.include_router(router)
    problem_handlers.install(app)
    return app


@pytest.fixture
def identity() -> StandInIdentity:
    """An identity with one key."""
    return StandInIdentity()


@pytest_asyncio.fixture(loop_scope="session")
async def gate(identity: StandInIdentity) -> Gate:
    """The door of the small service."""
    return await identity.gate("buyers")


@pytest_asyncio.fixture(loop_scope="session")
async def client(gate: Gate) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the small service."""
    app = _shop()
    app.state.gate = gate
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://test") as client:
        yield client


async def test_a_caller_with_the_right_scope_gets_in(
    client: httpx.AsyncClient, identity: StandInIdentity
) -> None:
    """Given a token with the scope, when asked, then the endpoint knows the caller."""
    answer = await client.get("/v1/who", headers=identity.bearer("buyers:read"))

    assert answer.json() == {"tenant": TENANT}


async def test_a_missing_scope_is_forbidden(
    client: httpx.AsyncClient, identity: StandInIdentity
) -> None:
    """Given a token without the scope, when asked, then 403 names the scope it takes."""
    answer = await client.get("/v1/who", headers=identity.bearer("policies:read"))

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    answer = await client.get("/v1/who", headers=identity.staff_bearer("ops:buyers:write"))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    wanted = 'Bearer error="insufficient_scope", scope="buyers:read"'
    assert answer.headers["www-authenticate"] == wanted


@pytest.mark.attack("S32")
async def test_a_scope_in_the_wrong_hands_is_forbidden(
    client: httpx.AsyncClient, identity: StandInIdentity
) -> None:
    """Given scopes their holders may not have, when used, then 403."""
    claims = identity.claims(["machine-clients:read"]) | {"aud": ["buyers"]}
    machine = {"Authorization": f"Bearer {identity.sign(claims)}"}
    pretender = identity.bearer("ops:buyers:write")

    assert (await client.get("/v1/machine-clients", headers=machine)).status_code == 403
    assert (await client.get("/ops/v1/who", headers=pretender)).status_code == 403


@pytest.mark.attack("S21")
async def test_a_token_elsewhere_is_no_token(
    client: httpx.AsyncClient, identity: StandInIdentity
) -> None:
    """Given a good token in query, cookie or another scheme, when asked, then 401."""
    token = identity.token("buyers:read")
    answers = [
        await client.get("/v1/who", params={"access_token": token}),
        await client.get("/v1/who", headers={"Cookie": f"Authorization=Bearer {token}"}),
        await client.get("/v1/who", headers={"X-Authorization": f"Bearer {token}"}),
        await client.get("/v1/who", headers={"Authorization": f"DPoP {token}"}),
        await client.get("/v1/who", headers={"Authorization": token}),
        await client.get("/v1/who", headers=[("Authorization", f"Bearer {token}")] * 2),
    ]

    assert {(it.status_code, it.json()["code"]) for it in answers} == {(401, "invalid-token")}
    assert all(it.headers["WWW-Authenticate"].startswith("Bearer") for it in answers)


@pytest.mark.attack("S27")
async def test_headers_name_nobody(client: httpx.AsyncClient, identity: StandInIdentity) -> None:
    """Given identity headers, when sent without and with a token, then 401 and ignored."""
    forged = {
        "X-User-Id": "root",
        "X-Tenant": OTHER_TENANT,
        "X-Jwt-Payload": "e30",
        "app.tenant": "x",
    }

    assert (await client.get("/v1/who", headers=forged)).status_code == 401
    answer = await client.get("/v1/who", headers=forged | identity.bearer("buyers:read"))
    assert answer.json() == {"tenant": TENANT}


@pytest.mark.attack("S40")
async def test_a_stranger_is_not_told_what_is_wrong_with_the_body(
    client: httpx.AsyncClient, identity: StandInIdentity
) -> None:
    """Given broken JSON, when sent without a token and with one, then 401 and 400."""
    stranger = await client.post("/v1/wishes", content=b"{", headers=JSON)
    caller = await client.post(
        "/v1/wishes", content=b"{", headers=JSON | identity.bearer("buyers:read")
    )

    assert (stranger.status_code, caller.status_code) == (401, 400)


@pytest.mark.attack("S25")
async def test_a_revoked_key_set_is_out_at_once(
    client: httpx.AsyncClient, gate: Gate, identity: StandInIdentity
) -> None:
    """Given a token in use, when its key set is revoked and heard of, then 401."""
    bearer = identity.bearer("buyers:read")
    assert (await client.get("/v1/who", headers=bearer)).status_code == 200

    identity.revoked.append("keyset_01")
    await gate.revocations.hear()

    assert (await client.get("/v1/who", headers=bearer)).status_code == 401


@pytest.mark.attack("S40")
def test_no_door_is_missing() -> None:
    """Given an app, when a route is neither guarded nor declared public, then it is named."""
    app = FastAPI(openapi_url=None)

    @app.get("/guarded", dependencies=[requires("buyers:read")])
    async def guarded() -> None: ...

    @app.get("/public", dependencies=[public("because")])
    async def open_door() -> None: ...

    @app.get("/forgotten")
    async def forgotten() -> None: ...

    assert unguarded_routes(app) == ["GET /forgotten"]


def test_the_document_shows_the_scopes() -> None:
    """Given guarded routes, when documented, then each names its scope."""
    document = _shop().openapi()

    assert document["paths"]["/v1/who"]["get"]["security"] == [{"OAuth2": ["buyers:read"]}]
    assert "security" not in document["paths"]["/hello"]["get"]
