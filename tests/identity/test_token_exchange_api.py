"""A job of ours acts for one policyholder at a time, and only for those it may."""

from typing import Any

import httpx
import pytest
import time_machine

from libs.common.problem_codes import InvalidToken
from services.identity.domain.token_form import ACCESS_TOKEN, EXCHANGE
from tests.identity import given, people
from tests.kit import then
from tests.kit.running import Running

_FORM = {"grant_type": EXCHANGE, "subject_token_type": ACCESS_TOKEN}
_SCOPES = ("buyers:read", "ledger-uploads:read", "ledger-uploads:write")


async def _job(identity: Running, *codes: str, **members: object) -> given.Machine:
    """A job that may act for these policyholders."""
    key = given.new_key()
    wish = given.registration(None, *_SCOPES, batch_policyholders=list(codes), **members)
    wish["authentication"]["keys"][0]["jwk"] = given.public_jwk(key)
    answer = await given.registering(identity, wish)
    assert answer.status_code == 201, answer.text
    return given.Machine(answer.json()["client_id"], key)


async def _exchanged(identity: Running, token: str, **members: str) -> httpx.Response:
    form = _FORM | {"subject_token": token, "audience": "ledger"}
    return await identity.client.post("/internal/oauth2/token", data=form | members)


@pytest.fixture
async def code(identity: Running) -> str:
    """A policyholder the job works for."""
    return await given.policyholder(identity)


async def test_a_job_gets_a_token_for_one_policyholder(identity: Running, code: str) -> None:
    """Given a job, when it names policyholder and service, then its token is for both alone."""
    job = await _job(identity, code)
    answer = await _exchanged(identity, await given.token(identity, job), policyholder_code=code)

    token: dict[str, Any] = answer.json()
    verdict = await given.verifier(identity, "ledger").verify(token["access_token"])
    assert answer.status_code == 200
    assert (token["expires_in"], token["issued_token_type"]) == (60, ACCESS_TOKEN)
    assert token["scope"] == "ledger-uploads:read ledger-uploads:write"
    assert (verdict.caller.tenant, verdict.caller.role) == (code, "batch")
    with pytest.raises(InvalidToken):
        await given.verifier(identity, "buyers").verify(token["access_token"])


async def test_the_exchange_stands_in_the_history(identity: Running, code: str) -> None:
    """Given an exchange, when the policyholder's history is read, then it says which job came."""
    job = await _job(identity, code)
    await _exchanged(identity, await given.token(identity, job), policyholder_code=code)

    [entry] = await given.history(identity, code, action="token.exchange")
    assert (entry.actor_type, entry.actor_id, entry.target) == ("batch", job.client_id, "ledger")


async def _read_by(
    job: given.Machine, buyers: Running, identity: Running, code: str, address: str
) -> httpx.Response:
    """A job's read for a policyholder, all the way from one address."""
    async with people.browser(identity, address) as there:
        form = given.form(job.assertion())
        own = (await there.client.post("/v1/oauth2/token", data=form)).json()
        wish = _FORM | {"subject_token": own["access_token"], "policyholder_code": code}
        answer = await there.client.post(
            "/internal/oauth2/token", data=wish | {"audience": "buyers"}
        )
    assert answer.status_code == 200, answer.text
    async with people.browser(buyers, address) as there:
        there.token = answer.json()["access_token"]
        return await there.ask("GET", "/v1/buyers")


@pytest.mark.attack("S48")
async def test_a_job_is_held_to_its_own_list(
    identity: Running, buyers: Running, boss: people.Person
) -> None:
    """Given a restricted company, when jobs read for it, then one with a list of its own may."""
    from_inside = await _job(identity, boss.tenant, source_addresses=["10.20.0.0/16"])
    from_anywhere = await _job(identity, boss.tenant)
    async with people.browser(identity, "198.51.100.9") as office:
        await office.signs_in(boss)
        wish = {"enabled": True, "networks": ["198.51.100.0/24"]}
        await office.ask("PUT", "/v1/ip-restriction", json=wish, headers={"If-Match": '"1"'})
    await buyers.app.state.gate.revocations.hear()

    inside = await _read_by(from_inside, buyers, identity, boss.tenant, "10.20.0.7")
    unlisted = await _read_by(from_anywhere, buyers, identity, boss.tenant, "10.20.0.7")

    assert inside.status_code == 200
    then.refused(unlisted, 403, "ip-not-allowed")


@pytest.mark.attack("S33")
async def test_a_job_comes_from_its_own_list_only(
    identity: Running, buyers: Running, code: str
) -> None:
    """Given a job with a list, when its tokens are used from elsewhere, then nothing opens."""
    job = await _job(identity, code, source_addresses=["10.20.0.0/16"])
    async with (
        people.browser(identity, "10.20.0.7") as inside,
        people.browser(identity, "10.30.0.7") as outside,
        people.browser(buyers, "10.30.0.7") as leaked,
    ):
        form = given.form(job.assertion())
        own = (await inside.client.post("/v1/oauth2/token", data=form)).json()["access_token"]
        wish = _FORM | {"subject_token": own, "policyholder_code": code, "audience": "buyers"}
        exchanged = await inside.client.post("/internal/oauth2/token", data=wish)
        refused = await outside.client.post("/internal/oauth2/token", data=wish)
        no_token = await outside.client.post("/v1/oauth2/token", data=given.form(job.assertion()))
        leaked.token = exchanged.json()["access_token"]
        answer = await leaked.ask("GET", "/v1/buyers")

    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_request"})
    assert (no_token.status_code, no_token.json()) == (401, {"error": "invalid_client"})
    then.refused(answer, 403, "ip-not-allowed")


@pytest.mark.attack("S33")
async def test_a_jobs_own_token_opens_nothing(identity: Running, code: str) -> None:
    """Given a job's own token, when it is shown to services, then none lets it in."""
    own = await given.token(identity, await _job(identity, code))

    for service in ("identity", "buyers", "ledger"):
        with pytest.raises(InvalidToken):
            await given.verifier(identity, service).verify(own)


@pytest.mark.attack("S33")
async def test_a_job_does_not_come_to_others(identity: Running, code: str) -> None:
    """Given a policyholder a job is not for, or none, when it names them, then 400."""
    other = await given.policyholder(identity)
    own = await given.token(identity, await _job(identity, code))

    answers = [
        await _exchanged(identity, own, policyholder_code=it) for it in (other, "999999996", "")
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert {answer.json()["error"] for answer in answers} == {"invalid_request"}


@pytest.mark.attack("S33")
@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"scope": "invoices:read"}, "invalid_scope"),
        ({"scope": "buyers:read"}, "invalid_scope"),
        ({"audience": "premium"}, "invalid_scope"),
        ({"audience": "nobody"}, "invalid_scope"),
        ({"subject_token": "no.token.atall"}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:jwt"}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
async def test_a_job_gets_no_more_than_it_has(
    identity: Running, code: str, members: dict[str, str], error: str
) -> None:
    """Given a job, when it asks for more or otherwise, then it is told what is wrong."""
    own = await given.token(identity, await _job(identity, code))

    answer = await _exchanged(identity, own, policyholder_code=code, **members)

    assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.attack("S33")
async def test_only_a_jobs_own_token_is_exchanged(identity: Running, code: str) -> None:
    """Given tokens of others, forged, exchanged or old, when exchanged, then 400."""
    job = await _job(identity, code)
    own = await given.token(identity, job)
    exchanged = await _exchanged(identity, own, policyholder_code=code)
    partner = await given.token(identity, await given.machine(identity, policyholder_code=code))
    forged = identity.identity.token("ledger-uploads:read", tenant=code, role="batch")
    tries = [exchanged.json()["access_token"], partner, forged]

    answers = [await _exchanged(identity, it, policyholder_code=code) for it in tries]
    with time_machine.travel(people.real_now().timestamp() + 301, tick=False):
        answers.append(await _exchanged(identity, own, policyholder_code=code))
    await given.revoked(identity, job)
    answers.append(await _exchanged(identity, own, policyholder_code=code))

    assert [answer.status_code for answer in answers] == [400] * 5
    assert {answer.json()["error"] for answer in answers} == {"invalid_request"}


async def test_a_policyholders_own_program_is_no_job(identity: Running, code: str) -> None:
    """Given a policyholder's program, when it shall act for others, too, then it is refused."""
    wish = given.registration(code, "buyers:read", batch_policyholders=[code])

    answer = await given.registering(identity, wish)

    assert answer.status_code == 422
