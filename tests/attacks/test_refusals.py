"""What every service refuses is told to identity, for the access history."""

from uuid import uuid4

import pytest

from tests.attacks.targets import SERVICES, Target, guarded
from tests.kit import then
from tests.kit.running import Running

_TENANT = "045077800"
_OTHERS = [name for name in SERVICES if name != "identity"]

Services = dict[str, Running]


def _a_list(services: Services, service: str) -> Target:
    return next(it for it in guarded(services) if it.service == service and it.is_list)


def _bearer(running: Running, who: str, *scopes: str) -> dict[str, str]:
    claims = running.identity.claims(scopes, _TENANT) | {"sub": who, "aud": list(SERVICES)}
    return {"Authorization": f"Bearer {running.identity.sign(claims)}"}


@pytest.mark.attack("S36")
@pytest.mark.parametrize("service", _OTHERS)
async def test_a_missing_right_is_told(services: Services, service: str) -> None:
    """Given a caller without the right, when refused, then one fact tells who wanted what."""
    running, target, who = services[service], _a_list(services, service), uuid4().hex

    answer = await running.client.get(target.path, headers=_bearer(running, who, "policies:none"))

    [(kind, fact)] = await then.told(running, f"{service}:{who}", _TENANT)
    then.refused(answer, 403, "forbidden")
    assert kind == "security.access.refused.v1"
    assert (fact["principal"], fact["wanted"]) == (who, f"GET {target.path}")
    assert (fact["reason"], fact["request_id"]) == ("forbidden", answer.headers["X-Request-Id"])


@pytest.mark.attack("S34")
async def test_many_guesses_are_told_once(services: Services) -> None:
    """Given ids that are nobody's, when twenty are tried in a row, then one fact tells it."""
    running, who = services["ledger"], uuid4().hex
    headers = _bearer(running, who, "ledger-uploads:read")

    for _ in range(39):
        guess = f"/v1/ledger-uploads/upload_{uuid4().hex[:26]}"
        assert (await running.client.get(guess, headers=headers)).status_code == 404

    [(_, fact)] = await then.told(running, f"ledger:{who}", _TENANT)
    assert (fact["reason"], fact["wanted"]) == (
        "many-not-found",
        "GET /v1/ledger-uploads/{upload_id}",
    )
