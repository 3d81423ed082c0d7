"""The OpenAPI documents: one for everybody, one for the insurer's staff, merged from all services.

A component name means one schema, an `operationId` one function, wherever it was written.
"""

import json
from collections.abc import Callable
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext

from libs.common.service import Service

from . import words
from .examples import example_of
from .operations import give_headers, shape
from .problem_shape import problem_schemas
from .schemas import hoisted, resolve, tidy
from .services import app_of, every_service, routes_of
from .shapes import HEADERS, PARAMETERS, responses, security_schemes

Json = dict[str, Any]

_FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")


class DocumentsDisagree(Exception):
    """Two services use one name for two things."""


def public_document() -> Json:
    """Describe what policyholders and their programs may ask."""
    return _document(_is_public, words.TITLE, words.DESCRIPTION, staff=False)


def staff_document() -> Json:
    """Describe what the insurer's staff may ask."""
    return _document(_is_staff, words.STAFF_TITLE, words.STAFF_DESCRIPTION, staff=True)


def _is_staff(path: str) -> bool:
    return path.startswith("/ops/v1/")


def _is_public(path: str) -> bool:
    return not path.startswith(("/ops/", "/internal/"))


def _document(wanted: Callable[[str], bool], title: str, text: str, *, staff: bool) -> Json:
    paths: Json = {}
    schemas: Json = {}
    owners: dict[str, str] = {}
    for service in every_service():
        part = _described(service, wanted)
        merge_schemas(schemas, part["components"]["schemas"], owners, service.name)
        for path, operations in part["paths"].items():
            if path in paths:
                raise DocumentsDisagree(f"{path} in {service.name} and another service")
            paths[path] = operations
    merge_schemas(schemas, problem_schemas_tidied(), owners, "the platform")
    _complete(paths, schemas)
    used = {tag for path in paths.values() for it in path.values() for tag in it["tags"]}
    text_of_all = json.dumps([paths, responses()])
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": text},
        "servers": [{"url": "/"}],
        "tags": _tags(used),
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": responses(),
            "parameters": _used("parameters", PARAMETERS, text_of_all),
            "headers": _used("headers", HEADERS, text_of_all),
            "securitySchemes": security_schemes(staff=staff),
        },
    }


def _used(kind: str, shared: Json, text: str) -> Json:
    return {name: it for name, it in shared.items() if f'"#/components/{kind}/{name}"' in text}


def problem_schemas_tidied() -> Json:
    """The components of refusals, as all others are written."""
    return {name: tidy(schema) for name, schema in problem_schemas().items()}


def _described(service: Service, wanted: Callable[[str], bool]) -> Json:
    routes = routes_of(app_of(service), wanted)
    part: Json = get_openapi(title=service.title, version="1", routes=routes)
    schemas = part.setdefault("components", {}).setdefault("schemas", {})
    for name in _FASTAPIS_OWN:
        schemas.pop(name, None)
    schemas |= {name: tidy(schema) for name, schema in schemas.items()}
    by_place = {
        (route.path_format, method): route for route in routes for method in _methods(route)
    }
    for path, operations in part["paths"].items():
        for method, operation in operations.items():
            shape(operation, method, by_place[path, method], service)
            _tidy_bodies(operation, schemas)
    return part


def _methods(route: RouteContext) -> list[str]:
    return [method.lower() for method in route.methods or ()]


def _tidy_bodies(operation: Json, schemas: Json) -> None:
    for parameter in operation.get("parameters", ()):
        if "schema" in parameter:
            parameter["schema"] = tidy(parameter["schema"])
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for content in body.get("content", {}).values():
            if "schema" in content:
                content["schema"] = tidy(hoisted(content["schema"], schemas))


def merge_schemas(into: Json, more: Json, owners: dict[str, str], owner: str) -> None:
    """Take in one service's components.

    Raises: DocumentsDisagree when a name is taken by another schema.
    """
    for name, schema in more.items():
        if into.setdefault(name, schema) != schema:
            raise DocumentsDisagree(f"{name} means one thing in {owners[name]}, another in {owner}")
        owners.setdefault(name, owner)


def _complete(paths: Json, schemas: Json) -> None:
    """Give every body an example and every answer its headers; no function name twice."""
    names: set[str] = set()
    for operations in paths.values():
        for method, operation in operations.items():
            name = operation["operationId"]
            if name in names:
                raise DocumentsDisagree(f"two operations are called {name}")
            names.add(name)
            _give_examples(operation, schemas)
            give_headers(operation, method, _members(operation, schemas))


def _give_examples(operation: Json, schemas: Json) -> None:
    for body in (operation.get("requestBody", {}), *operation["responses"].values()):
        for content in body.get("content", {}).values():
            schema = content.get("schema")
            if schema and "example" not in content and "examples" not in content:
                content["example"] = example_of(schema, schemas)


def _members(operation: Json, schemas: Json) -> dict[str, set[str]]:
    """Name the members of each answer's body."""
    return {
        status: {
            member
            for content in answer.get("content", {}).values()
            for member in resolve(content.get("schema", {}), schemas).get("properties", ())
        }
        for status, answer in operation["responses"].items()
    }


def _tags(used: set[str]) -> list[Json]:
    if unknown := used - words.TAGS.keys():
        raise DocumentsDisagree(f"tags without a name in tools/api_documents/words.py: {unknown}")
    return [
        {"name": tag, "x-displayName": name, "description": text}
        for tag, (name, text) in words.TAGS.items()
        if tag in used
    ]
