"""Doors (security §4.6): every route is guarded, or says why strangers may come in."""

import pytest
from fastapi.routing import iter_route_contexts

from deploy.postgres import DatabaseUrls
from libs.common.command import load
from libs.common.routing import Route
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
