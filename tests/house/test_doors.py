"""Doors (security §4.6): every route is guarded, or says why strangers may come in."""

from collections.abc import Iterator
from typing import get_args

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from deploy.postgres import DatabaseUrls
from libs.common.command import load
from libs.common.routing import Route, StaffTransaction, Transaction
from libs.common.security import unguarded_routes
from libs.common.service import build_app
from tests.house.sources import services
from tests.kit.running import settings_for

_NOWHERE = DatabaseUrls(*["postgresql://nobody:nothing@127.0.0.1:1/none"] * 4)


@pytest.mark.attack("S40")
@pytest.mark.parametrize("service", services())
def test_no_door_is_forgotten(service: str) -> None:
    """Given every route of a service, when it is looked at, then somebody decided who may enter."""
    app = build_app(load(service), settings_for(service, _NOWHERE), worker=False)

    assert unguarded_routes(app) == []


@pytest.mark.parametrize("service", services())
def test_every_door_is_ours(service: str) -> None:
    """Given every route but those of health, when it is looked at, then it judges as ours do."""
    app = build_app(load(service), settings_for(service, _NOWHERE), worker=False)
    own = {"/livez", "/readyz", "/metrics"}

    foreign = [
        it.path
        for it in iter_route_contexts(app.routes)
        if it.path not in own and not isinstance(it.original_route, Route)
    ]

    assert foreign == []


KEYLESS = {
    "/v1/oauth2/token": "a token may be asked for twice, and the standard knows no such key",
    "/v1/ip-restriction/check": "it changes nothing",
    "/v1/me/otp/confirm": "a one-time password is used once by itself",
    "/v1/ledger-uploads": "its key is taken when the whole file has arrived",
    "/v1/ledger-entries/{entry_id}/assess": "a trial stores nothing",
    "/v1/loss-notices/{loss_notice_id}/assess": "a trial stores nothing",
    "/internal/oauth2/token": "the same of exchanging one",
    "/internal/jobs/run": "a job finds done what it has done before",
}
"""Writes that do not take their key with their transaction, each with its reason."""

SIGNING_IN = "/v1/auth/"
"""Below it every step of a sign-in is used up by itself: a key would keep what it must forget."""


@pytest.mark.parametrize("service", services())
def test_every_write_is_done_once(service: str) -> None:
    """Given every POST of a service, when it is looked at, then its key comes with its act."""
    app = build_app(load(service), settings_for(service, _NOWHERE), worker=False)
    once = {get_args(it)[1].dependency for it in (Transaction, StaffTransaction)}

    found = [
        route.path
        for route in iter_route_contexts(app.routes)
        if "POST" in (route.methods or ()) and route.path not in KEYLESS
        if not str(route.path).startswith(SIGNING_IN)
        if not once & set(_dependencies(route.dependant))
    ]

    assert found == []


def _dependencies(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _dependencies(inner)
