"""Machines get a token for a good proof, and for nothing else."""

import asyncio
import time
from base64 import b64encode
from typing import Any

import httpx
import jwt
import pytest
import time_machine

from libs.common.database import PLATFORM
from libs.common.problem_codes import InvalidToken
from tests.identity import given
from tests.kit.running import Running
from tests.kit.stand_in_identity import ISSUER


def _refused(answer: httpx.Response, error: str) -> None:
    assert answer.json() == {"error": error}
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_machine_proves_itself_and_reads_buyers(identity: Running) -> None:
    """Given a registered key, when a token is asked, then buyers believes it for 5 minutes."""
    machine = await given.machine(identity, "buyers:read", "ledger-uploads:write")

    answer = await given.asked(identity, machine.assertion())
    verdict = await given.verifier(identity, "buyers").verify(answer.json()["access_token"])

    assert answer.json() | {"access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "buyers:read ledger-uploads:write",
    }
    assert verdict.caller.tenant == machine.policyholder_code
    assert verdict.caller.scopes == {"buyers:read", "ledger-uploads:write"}
    assert (verdict.caller.role, verdict.caller.client_id) == ("client", machine.client_id)


async def test_the_audience_is_where_the_scopes_lead(identity: Running) -> None:
    """Given scopes of two services, when one is asked, then the other refuses the token."""
    machine = await given.machine(identity, "buyers:read", "ledger-uploads:write")

    token = await given.token(identity, machine, scope="ledger-uploads:write")

    await given.verifier(identity, "ledger").verify(token)
    with pytest.raises(InvalidToken):
        await given.verifier(identity, "buyers").verify(token)


async def test_staff_are_operators_without_a_policyholder(
    identity: Running, staff: given.Machine
) -> None:
    """Given the bootstrapped staff key, when a token is asked, then it speaks for the platform."""
    token = await given.token(identity, staff, scope="ops:buyers:write ops:clock:write")

    caller = (await given.verifier(identity, "buyers").verify(token)).caller
    assert (caller.tenant, caller.role) == (PLATFORM, "operator")
    await given.verifier(identity, "identity").verify(token)


@pytest.mark.attack("S28")
@pytest.mark.parametrize("grant_type", ["password", "refresh_token", "authorization_code", ""])
async def test_machines_have_one_kind_of_grant(identity: Running, grant_type: str) -> None:
    """Given any other grant type, when asked, then it is unsupported."""
    machine = await given.machine(identity)

    answer = await given.asked(identity, machine.assertion(), grant_type=grant_type)

    _refused(answer, "unsupported_grant_type" if grant_type else "invalid_request")


@pytest.mark.attack("S29")
@pytest.mark.parametrize(
    "spoil",
    [
        {"aud": ISSUER + "/v1/oauth2/token"},
        {"aud": [ISSUER]},
        {"exp": -1},
        {"exp": 61},
        {"iat": 11},
        {"iat": -61},
        {"iss": "client_somebody"},
        {"sub": "client_somebody"},
        {"jti": ""},
        {"jti": None},
        {"jti": 7},
    ],
)
async def test_an_assertion_must_be_made_for_us_and_now(
    identity: Running, spoil: dict[str, Any]
) -> None:
    """Given one spoilt member, when a token is asked, then nobody is recognised."""
    machine = await given.machine(identity)
    now = int(time.time())
    members = {
        name: now + it if isinstance(it, int) and name != "jti" else it
        for name, it in spoil.items()
    }
    with time_machine.travel(now, tick=False):
        answer = await given.asked(identity, machine.sign(machine.claims() | members))

    _refused(answer, "invalid_client")


@pytest.mark.attack("S29")
async def test_an_assertion_is_spent_by_its_first_use(identity: Running) -> None:
    """Given one assertion, when brought ten times at once, then one of them gets a token."""
    machine = await given.machine(identity)
    assertion = machine.assertion()

    answers = await asyncio.gather(*(given.asked(identity, assertion) for _ in range(10)))

    assert sorted(it.status_code for it in answers) == [200] + [401] * 9


@pytest.mark.attack("S29")
async def test_a_refused_wish_spends_the_assertion_too(identity: Running) -> None:
    """Given an assertion used for too wide a scope, when used again, then it is spent."""
    machine = await given.machine(identity, "buyers:read")
    assertion = machine.assertion()
    _refused(await given.asked(identity, assertion, scope="policies:read"), "invalid_scope")

    _refused(await given.asked(identity, assertion), "invalid_client")


@pytest.mark.attack("S29")
async def test_another_signature_is_no_proof(identity: Running) -> None:
    """Given HS256 by the public key, no algorithm, or a stranger's key, then 401."""
    machine = await given.machine(identity)
    stranger = given.Machine(machine.client_id)
    unsigned = jwt.encode(
        machine.claims(), "", "none", headers={"typ": "client-authentication+jwt"}
    )
    hashed = jwt.encode(
        machine.claims(),
        "k" * 32,
        "HS256",
        headers={"typ": "client-authentication+jwt"},
    )

    for assertion in (unsigned, hashed, stranger.assertion(), "no.token.atall"):
        _refused(await given.asked(identity, assertion), "invalid_client")
    _refused(await given.asked(identity, ""), "invalid_request")


@pytest.mark.attack("S29")
@pytest.mark.parametrize(
    "header",
    [{"typ": "JWT"}, {"typ": "at+jwt"}, {"jwk": {}}, {"jku": "https://evil.test"}, {"kid": "x"}],
)
async def test_a_header_that_says_something_else_is_no_proof(
    identity: Running, header: dict[str, Any]
) -> None:
    """Given another type, or a key the assertion brings along, when asked, then 401."""
    machine = await given.machine(identity)

    _refused(
        await given.asked(identity, machine.sign(machine.claims(), **header)), "invalid_client"
    )


@pytest.mark.attack("S19")
async def test_an_access_token_is_no_assertion_and_an_assertion_no_access_token(
    identity: Running,
) -> None:
    """Given each in the other's place, when used, then refused."""
    machine = await given.machine(identity)
    token = await given.token(identity, machine)

    _refused(await given.asked(identity, token), "invalid_client")
    with pytest.raises(InvalidToken):
        await given.verifier(identity, "buyers").verify(machine.assertion())


@pytest.mark.attack("S30")
@pytest.mark.parametrize("scope", ["policies:read", "buyers:read policies:read", "ops:x", " "])
async def test_nobody_gets_more_than_is_registered(identity: Running, scope: str) -> None:
    """Given a scope beyond the registration, when asked, then none is given at all."""
    machine = await given.machine(identity, "buyers:read")

    answer = await given.asked(identity, machine.assertion(), scope=scope)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"grant_type=client_credentials&grant_type=client_credentials",
        b"grant_type=client_credentials&scope=%ff",
        b"a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10&k=11",
        b'{"grant_type":"client_credentials"}',
    ],
)
async def test_an_unreadable_form_is_an_invalid_request(identity: Running, body: bytes) -> None:
    """Given a form that is repeated, broken or too long, when sent, then 400."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    _refused(
        await identity.client.post("/v1/oauth2/token", content=body, headers=headers),
        "invalid_request",
    )


async def test_json_is_no_form(identity: Running) -> None:
    """Given JSON, when sent, then 400 in the words of OAuth."""
    _refused(await identity.client.post("/v1/oauth2/token", json={}), "invalid_request")


async def _with_secret(identity: Running, *networks: str) -> tuple[str, str]:
    code = await given.policyholder(identity)
    wish = given.registration(code, "buyers:read", source_addresses=list(networks))
    wish["authentication"] = {"method": "CLIENT_SECRET_BASIC"}
    made = (await given.registering(identity, wish)).json()
    return made["client_id"], made["client_secret"]


async def _asked_by_secret(
    identity: Running, client_id: str, secret: str, address: str
) -> httpx.Response:
    basic = b64encode(f"{client_id}:{secret}".encode()).decode()
    return await identity.client.post(
        "/v1/oauth2/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}", "X-Forwarded-For": address},
    )


@pytest.mark.attack("S45")
async def test_a_secret_opens_from_its_own_addresses_only(identity: Running) -> None:
    """Given a secret, when used from its range and from beside it, then 200 and 401."""
    client_id, secret = await _with_secret(identity, "203.0.113.0/24")

    inside = await _asked_by_secret(identity, client_id, secret, "203.0.113.7")
    outside = await _asked_by_secret(identity, client_id, secret, "203.0.114.7")
    forged = await _asked_by_secret(identity, client_id, secret, "203.0.113.7, 203.0.114.7")

    assert inside.status_code == 200
    _refused(outside, "invalid_client")
    _refused(forged, "invalid_client")
    assert outside.headers["www-authenticate"].startswith("Basic")


async def test_a_wrong_secret_opens_nothing(identity: Running) -> None:
    """Given wrong secrets and unknown clients, when used, then all are refused alike."""
    client_id, secret = await _with_secret(identity, "203.0.113.0/24")
    by_key = await given.machine(identity)

    for who, what in [
        (client_id, secret[:-1]), (client_id, ""), ("client_unknown", secret), ("staff", ""),
        (by_key.client_id, ""), (by_key.client_id, secret), ("", ""), ("%00", secret),
    ]:  # fmt: skip
        _refused(await _asked_by_secret(identity, who, what, "203.0.113.7"), "invalid_client")


async def test_two_proofs_are_none(identity: Running) -> None:
    """Given a secret and an assertion together, when sent, then 400."""
    client_id, secret = await _with_secret(identity, "203.0.113.0/24")
    basic = b64encode(f"{client_id}:{secret}".encode()).decode()

    answer = await identity.client.post(
        "/v1/oauth2/token",
        data=given.form(given.Machine(client_id).assertion()),
        headers={"Authorization": f"Basic {basic}"},
    )

    _refused(answer, "invalid_request")


async def test_a_key_past_its_last_day_opens_nothing(identity: Running) -> None:
    """Given a key that runs out, when its last day is over in Japan, then 401."""
    machine = await given.machine(identity)

    with time_machine.travel(given.in_days(364) + "T12:00:00+09:00", tick=False):
        assert (await given.asked(identity, machine.assertion())).status_code == 200
    with time_machine.travel(given.in_days(366) + "T00:00:01+09:00", tick=False):
        _refused(await given.asked(identity, machine.assertion()), "invalid_client")


@pytest.mark.attack("S25")
async def test_a_suspended_policyholder_gets_no_token(identity: Running) -> None:
    """Given a policyholder no longer active, when its machine asks, then 401."""
    machine = await given.machine(identity)
    answer = await identity.client.put(
        f"/ops/v1/policyholders/{machine.policyholder_code}",
        json={"name_ja": "舫商事", "name_en": "Moyai Trading", "active": False},
        headers=identity.staff("ops:policyholders:write") | {"If-Match": '"1"'},
    )
    assert answer.status_code == 200

    _refused(await given.asked(identity, machine.assertion()), "invalid_client")
