"""The gateway's route table beside the documents: every path has its way, and no way is spare."""

from typing import Any

from deploy.envoy.routes import Routes

Json = dict[str, Any]
Ways = set[tuple[str, str]]


class RoutesDiffer(Exception):
    """The gateway does not lead where the documents say."""


def check_routes(public: Json, staff: Json) -> None:
    """Compare the first segment of every documented path with the gateway's table.

    Raises: RoutesDiffer.
    """
    routes = Routes.read()
    _compare("/v1", _documented(public, "/v1/"), _pairs(routes.public))
    _compare("/ops/v1", _documented(staff, "/ops/v1/"), _pairs(routes.staff))


def _compare(base: str, documented: Ways, routed: Ways) -> None:
    missing = [f"{base}/{segment} leads nowhere" for _, segment in sorted(documented - routed)]
    spare = [f"{base}/{segment} is not documented" for _, segment in sorted(routed - documented)]
    if missing or spare:
        raise RoutesDiffer("deploy/envoy/routes.json: " + "; ".join([*missing, *spare]))


def _documented(document: Json, base: str) -> Ways:
    return {
        (operation["x-service"], path.removeprefix(base).partition("/")[0])
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if path.startswith(base)
    }


def _pairs(table: dict[str, list[str]]) -> Ways:
    return {(service, segment) for service, segments in table.items() for segment in segments}
