"""The platform's documents: OpenAPI, AsyncAPI, the schemas of facts, and where they are."""

import json
from functools import cache
from typing import Annotated, Any

from fastapi import Path, Request, Response

from libs.common.answers import may_answer
from libs.common.routing import Router
from libs.common.security import public

from ..errors import SchemaNotFound
from .kept import ROOT, document, kept

router = Router(tags=["documents"], dependencies=[public("what everybody may read to begin")])

JSON = "application/json"
LINK_SET = "application/linkset+json"

EventType = Annotated[
    str,
    Path(
        pattern=r"^[a-z_]{1,40}(\.[a-z_]{1,40}){2}\.v[0-9]{1,3}$",
        examples=["buyers.buyer.registered.v1"],
    ),
]


def _answers(media_type: str, example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    described = {"schema": {"type": "object"}, "example": example}
    return {200: {"content": {media_type: described}}}


@router.get(
    "/openapi.json",
    response_class=Response,
    responses=_answers(JSON, {"openapi": "3.1.0"}),
    openapi_extra={"x-summary-ja": "OpenAPI文書"},
)
async def get_openapi_document() -> Response:
    """Read this description (OpenAPI 3.1)."""
    return kept(document("openapi.json"), JSON)


@router.get(
    "/asyncapi.json",
    response_class=Response,
    responses=_answers(JSON, {"asyncapi": "3.0.0"}),
    openapi_extra={"x-summary-ja": "AsyncAPI文書"},
)
async def get_asyncapi_document() -> Response:
    """Read the description of all facts the services tell each other (AsyncAPI 3)."""
    return kept(document("asyncapi.json"), JSON)


@router.get(
    "/schemas/{event_type}.json",
    response_class=Response,
    responses=_answers("application/schema+json", {"type": "object"}) | may_answer(SchemaNotFound),
    openapi_extra={"x-summary-ja": "イベントのJSON Schema"},
)
async def get_event_schema(event_type: EventType) -> Response:
    """Read the JSON Schema of one type of fact."""
    if event_type not in _event_types():
        raise SchemaNotFound
    return kept(document(f"schemas/{event_type}.json"), "application/schema+json")


@router.get(
    "/.well-known/api-catalog",
    response_class=Response,
    responses=_answers(LINK_SET, {"linkset": []}),
    openapi_extra={"x-summary-ja": "APIカタログ"},
)
async def get_api_catalog(request: Request) -> Response:
    """Find every description from one place (RFC 9727)."""
    host: str = request.app.state.settings.issuer
    catalog = {
        "linkset": [
            {
                "anchor": f"{host}/v1",
                "service-desc": [
                    {"href": f"{host}/openapi.json", "type": JSON},
                    {"href": f"{host}/asyncapi.json", "type": JSON},
                ],
                "service-doc": [{"href": f"{host}/problems", "type": "text/html"}],
                "service-meta": [
                    {"href": f"{host}/.well-known/oauth-authorization-server", "type": JSON}
                ],
            }
        ]
    }
    return kept(json.dumps(catalog).encode(), LINK_SET)


@cache
def _event_types() -> frozenset[str]:
    return frozenset(path.stem for path in ROOT.glob("schemas/*.json"))
