"""Machine clients are registered by the rules, shown without secrets, and revoked for good."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import text

from libs.common.jwks import KeyCache, keys_over_http
from libs.common.liveness import Revocations, revocations_over_http
from libs.common.security import Gate
from libs.common.tokens import Verifier
from tests.identity import given
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import ISSUER


def _jwk_of_rsa(key: rsa.RSAPrivateKey) -> dict[str, str]:
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {name: jwk[name] for name in ("kty", "n", "e")}


def _keys(*keys: dict[str, Any]) -> dict[str, Any]:
    return {"authentication": {"method": "PRIVATE_KEY_JWT", "keys": list(keys)}}


def _key(jwk: dict[str, Any] | None = None, days: int = 365) -> dict[str, Any]:
    return {"jwk": jwk or given.public_jwk(given.new_key()), "expires_on": given.in_days(days)}


async def test_a_registered_client_is_shown_with_its_keys(identity: Running) -> None:
    """Given two keys, when registered, then the client is shown, and no secret."""
    code = await given.policyholder(identity)

    answer = await given.registering(identity, given.registration(code) | _keys(_key(), _key()))

    made = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert (made["policyholder_code"], made["method"]) == (code, "PRIVATE_KEY_JWT")
    assert (made["client_secret"], len(made["keys"])) == (None, 2)


async def test_a_secret_is_shown_once_and_stored_hashed(identity: Running) -> None:
    """Given a secret just made, when the request is repeated, then it is not told again."""
    code = await given.policyholder(identity)
    wish = given.registration(code, "buyers:read", source_addresses=["203.0.113.0/24"])
    wish["authentication"] = {"method": "CLIENT_SECRET_BASIC"}

    first = await given.registering(identity, wish, key="once")
    again = await given.registering(identity, wish, key="once")

    secret = first.json()["client_secret"]
    assert len(secret) == 43
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json() | {"client_secret": None}
    async with identity.databases.platform() as tx:
        stored = await tx.execute(text("SELECT body FROM idempotency_keys WHERE key = 'once'"))
        assert secret.encode() not in stored.scalar_one()


async def test_twins_register_one_client(identity: Running) -> None:
    """Given one request sent twice at once, when both are answered, then there is one client."""
    code = await given.policyholder(identity)
    wish = given.registration(code)

    answers = await asyncio.gather(*(given.registering(identity, wish, key="twin") for _ in "ab"))

    made = {it.json()["client_id"] for it in answers if it.status_code == 201}
    assert len(made) == 1
    assert {it.status_code for it in answers} <= {201, 409}


async def test_five_clients_are_the_most(identity: Running) -> None:
    """Given four active clients, when two more are registered at once, then one is refused."""
    code = await given.policyholder(identity)
    for _ in range(4):
        await given.machine(identity, policyholder_code=code)

    answers = await asyncio.gather(
        *(given.registering(identity, given.registration(code)) for _ in "ab")
    )

    refused, made = sorted(answers, key=lambda it: -it.status_code)
    assert made.status_code == 201
    then.refused(refused, 409, "state-conflict", "too-many-machine-clients")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"scopes": ["buyers:write"]}, "scope-not-grantable"),
        ({"scopes": ["ops:buyers:write"]}, "scope-not-grantable"),
        ({"scopes": ["machine-clients:read"]}, "scope-not-grantable"),
        (_keys(_key(days=0)), "key-life-out-of-range"),
        (_keys(_key(days=400)), "key-life-out-of-range"),
        (_keys(_key(_jwk_of_rsa(rsa.generate_private_key(65537, 2048)))), "public-key-refused"),
        (_keys(*[_key(given.public_jwk(given.new_key()))] * 2), "public-key-refused"),
        (_keys(_key({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})), "public-key-refused"),
        ({"authentication": {"method": "CLIENT_SECRET_BASIC"}}, "source-addresses-required"),
        ({"source_addresses": ["0.0.0.0/0"]}, "source-address-refused"),
    ],
)
async def test_a_client_against_the_rules_is_refused(
    identity: Running, members: dict[str, Any], reason: str
) -> None:
    """Given one member against the rules, when registered, then 422 names the reason."""
    code = await given.policyholder(identity)

    answer = await given.registering(identity, given.registration(code) | members)

    body = then.refused(answer, 422, "validation-failed", reason)
    places = {
        "scope-not-grantable": ["#/scopes/0"],
        "source-address-refused": ["#/source_addresses/0"],
    }
    assert [it["pointer"] for it in body["errors"]] == places.get(reason, [])


@pytest.mark.parametrize(
    "members",
    [
        _keys(),
        _keys(_key(), _key(), _key()),
        _keys(_key(given.public_jwk(given.new_key()) | {"d": "AA"})),
        _keys(_key({"kty": "oct", "k": "AA"})),
        {"tenant": "045012300"},
        {"scopes": []},
    ],
)
async def test_a_shape_that_is_not_ours_is_refused(
    identity: Running, members: dict[str, Any]
) -> None:
    """Given no key, three, a private or symmetric one, or a tenant, when registered, then 422."""
    code = await given.policyholder(identity)

    answer = await given.registering(identity, given.registration(code) | members)

    then.refused(answer, 422, "validation-failed")


async def test_a_stranger_has_no_clients(identity: Running) -> None:
    """Given no such policyholder, when a client is registered, then 404."""
    answer = await given.registering(identity, given.registration("999999999"))

    then.refused(answer, 404, "not-found", "policyholder-not-found")


async def test_an_rsa_key_of_3072_bits_will_do(identity: Running) -> None:
    """Given a PS256 key, when it signs an assertion, then it gets a token."""
    key = rsa.generate_private_key(65537, 3072)
    code = await given.policyholder(identity)
    made = await given.registering(
        identity, given.registration(code) | _keys(_key(_jwk_of_rsa(key)))
    )

    machine = given.Machine(made.json()["client_id"], key)
    answer = await given.asked(identity, machine.sign(machine.claims(), "PS256"))

    assert answer.status_code == 200, answer.text


@pytest.mark.attack("S25")
async def test_a_revoked_client_is_out_everywhere(identity: Running) -> None:
    """Given a token in use, when its client is revoked, then services hear it and refuse it."""
    machine = await given.machine(identity, "buyers:read")
    bearer = [f"Bearer {await given.token(identity, machine)}"]
    keys = KeyCache(keys_over_http(identity.client, "http://127.0.0.1/.well-known/jwks.json"))
    heard = Revocations(revocations_over_http(identity.client, "http://127.0.0.1"))
    gate = Gate(Verifier(ISSUER, "buyers", keys), heard)
    await heard.hear()
    await gate.know(bearer)

    answer = await given.revoked(identity, machine)
    await heard.hear()

    assert (answer.status_code, answer.json()["status"]) == (200, "REVOKED")
    with pytest.raises(Exception, match="invalid-token"):
        await gate.know(bearer)
    refused = await given.asked(identity, machine.assertion())
    assert refused.json() == {"error": "invalid_client"}


async def test_a_client_is_revoked_once(identity: Running) -> None:
    """Given a revoked client, when revoked again or from a stale version, then 409 and 412."""
    machine = await given.machine(identity)
    await given.revoked(identity, machine)

    then.refused(await given.revoked(identity, machine), 412, "precondition-failed")
    machine.version = 2
    then.refused(
        await given.revoked(identity, machine), 409, "state-conflict", "machine-client-revoked"
    )
    nobody = given.Machine("client_nobody")
    then.refused(
        await given.revoked(identity, nobody), 404, "not-found", "machine-client-not-found"
    )


async def test_administrators_see_and_revoke_their_own(identity: Running) -> None:
    """Given two companies, when an administrator looks, then only the own clients are there."""
    mine, other = await given.machine(identity), await given.machine(identity)
    scopes = ("machine-clients:read", "machine-clients:write")
    me = identity.identity.bearer(
        *scopes, tenant=mine.policyholder_code or "", role="administrator"
    )

    listed = (await identity.client.get("/v1/machine-clients", headers=me)).json()["items"]
    assert [it["client_id"] for it in listed] == [mine.client_id]

    read = await identity.client.get(f"/v1/machine-clients/{mine.client_id}", headers=me)
    acting = me | {"If-Match": read.headers["etag"], "Idempotency-Key": uuid4().hex}
    path = f"/v1/machine-clients/{mine.client_id}/revoke"
    ended = await identity.client.post(path, headers=acting)
    assert (ended.status_code, ended.json()["status"]) == (200, "REVOKED")

    foreign = await identity.client.get(f"/v1/machine-clients/{other.client_id}", headers=me)
    then.refused(foreign, 404, "not-found", "machine-client-not-found")


@pytest.mark.attack("S32")
async def test_a_machine_may_not_look_after_machines(identity: Running) -> None:
    """Given a machine with the scope by mistake, when it asks, then 403."""
    answer = await identity.client.get(
        "/v1/machine-clients", headers=identity.caller("machine-clients:read")
    )

    then.refused(answer, 403, "forbidden")
