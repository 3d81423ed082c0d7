"""Forged, foreign and misplaced tokens: no service believes a word of them."""

import pytest

from tests.attacks.forging import FORGERIES, forged
from tests.attacks.targets import SERVICES, Target, guarded
from tests.kit import then
from tests.kit.running import Running
from tests.kit.stand_in_identity import OTHER_TENANT

Services = dict[str, Running]


def _read(services: Services, service: str) -> Target:
    """A list, of whatever the service keeps."""
    return next(
        it
        for it in guarded(services)
        if it.service == service and it.is_list and it.scopes != {"machine-clients:read"}
    )


def _performed(attack: str, what: str, service: str) -> object:
    name = f"{service}-{what}"
    return pytest.param(service, attack, what, marks=pytest.mark.attack(attack), id=name)


@pytest.mark.parametrize(
    ("service", "attack", "what"),
    [_performed(*it, service) for service in SERVICES for it in FORGERIES],
)
async def test_a_forged_token_opens_nothing(
    services: Services, service: str, attack: str, what: str
) -> None:
    """Given a forged token, when a service is asked with it, then 401; only identity was asked."""
    target, identity = _read(services, service), services[service].identity
    token = forged(identity, attack, what, *target.scopes)

    answer = await services[service].client.get(
        target.path, headers={"Authorization": f"Bearer {token}"}
    )

    then.refused(answer, 401, "invalid-token")
    assert set(identity.asked) <= {"/.well-known/jwks.json", "/internal/revocations"}


@pytest.mark.attack("S21")
@pytest.mark.parametrize("service", SERVICES)
async def test_a_token_elsewhere_is_no_token(services: Services, service: str) -> None:
    """Given a good token in query, cookie, scheme or twice, when sent, then 401."""
    target, running = _read(services, service), services[service]
    token = running.identity.token(*target.scopes, role="administrator")
    bearer = f"Bearer {token}"
    misplaced = [
        await running.client.get(target.path, params={"access_token": token}),
        await running.client.get(target.path, headers={"Cookie": f"Authorization={bearer}"}),
        await running.client.get(target.path, headers={"X-Authorization": bearer}),
        await running.client.get(target.path, headers={"Authorization": f"DPoP {token}"}),
        await running.client.get(target.path, headers={"Authorization": token}),
        await running.client.get(target.path, headers=[("Authorization", bearer)] * 2),
    ]

    for answer in misplaced:
        then.refused(answer, 401, "invalid-token")
        assert token not in answer.text
    good = await running.client.get(target.path, headers={"Authorization": bearer})
    assert good.status_code in (200, 404)


@pytest.mark.attack("S27")
@pytest.mark.parametrize("service", SERVICES)
async def test_headers_name_nobody(services: Services, service: str) -> None:
    """Given names in headers, when sent without and with a token, then 401 and no effect."""
    target, running = _read(services, service), services[service]
    forged_names = {
        "X-User-Id": "root",
        "X-Tenant": OTHER_TENANT,
        "X-Tenant-Id": OTHER_TENANT,
        "X-Jwt-Payload": "eyJ0ZW5hbnQiOiIwNDUwOTk5MDAifQ",
        "X-Forwarded-User": "root",
    }
    mine = running.caller(*target.scopes)

    stranger = await running.client.get(target.path, headers=forged_names)
    plain = await running.client.get(target.path, headers=mine)
    named = await running.client.get(target.path, headers=mine | forged_names)

    then.refused(stranger, 401, "invalid-token")
    assert named.status_code == plain.status_code
    assert _without_request(named.json()) == _without_request(plain.json())


def _without_request(body: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in body.items() if name != "request_id"}
