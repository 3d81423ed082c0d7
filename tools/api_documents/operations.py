"""One operation as FastAPI describes it, brought to the platform's rules."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, get_args

from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext

from libs.common import etags, routing
from libs.common.answers import NAMED_PROBLEMS
from libs.common.permissions import PERMISSIONS
from libs.common.problem_handlers import PROBLEM_JSON
from libs.common.security import Guard, Public
from libs.common.service import Service

from .shapes import PARAMETERS, REFUSALS, headers
from .words import PARAMETER_TEXTS

Json = dict[str, Any]

_SHARED = {it["name"].lower(): name for name, it in PARAMETERS.items()}
_WRITES = {"post", "put", "patch", "delete"}


def shape(operation: Json, method: str, route: RouteContext, service: Service) -> None:
    """Complete the description of one operation, and take out what is FastAPI's own."""
    asked = list(_dependencies(route.dependant))
    scopes = [it.scope for it in asked if isinstance(it, Guard)]
    is_open = any(isinstance(it, Public) for it in asked)
    operation["summary"] = operation["operationId"].replace("_", " ").capitalize()
    operation["x-service"] = service.name
    operation["x-audience"] = _audience(scopes)
    operation.setdefault("security", [])
    _shape_parameters(operation, _header_parameters(method, asked, is_open=is_open))
    _tell_refusals(operation)
    if method == "put" and _calls(etags.IfMatchWhenItExists, asked):
        operation["responses"]["201"] = dict(operation["responses"]["200"])
    operation["responses"] = _answers(operation["responses"])


def give_headers(operation: Json, method: str, members: dict[str, set[str]]) -> None:
    """Name the headers of every good answer; `members` of its body say which there are."""
    if method == "get" and "version" in members.get("200", ()):
        _let_be_kept(operation)
    is_kept = any("IdempotencyKey" in it.get("$ref", "") for it in operation.get("parameters", ()))
    waits = any(it.get("$ref", "").endswith("/Prefer") for it in operation.get("parameters", ()))
    for status, answer in operation["responses"].items():
        if not status.startswith("2") or "$ref" in answer:
            continue
        found = members.get(status, set())
        names = {
            "ContentLanguage": True,
            "XRequestId": True,
            "ETag": "version" in found,
            "Link": "next_cursor" in found,
            "Location": method == "post" and status in ("201", "202"),
            "RetryAfter": status == "202" or waits,
            "PreferenceApplied": waits,
            "IdempotencyReplayed": is_kept,
            "ContentDisposition": _is_download(answer),
            "ReprDigest": _is_download(answer),
        }
        given = headers(*(name for name, is_there in names.items() if is_there))
        answer["headers"] = given | answer.get("headers", {})


def _let_be_kept(operation: Json) -> None:
    """A caller that holds a version may ask whether it is still the last."""
    reference = {"$ref": "#/components/parameters/IfNoneMatch"}
    operation["parameters"] = [*operation.get("parameters", ()), reference]
    unchanged = {"description": "Not Modified", "headers": headers("ETag", "XRequestId")}
    good = {status: it for status, it in operation["responses"].items() if status.isdecimal()}
    operation["responses"] = good | {"304": unchanged} | REFUSALS


def _dependencies(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _dependencies(inner)


def _calls(annotated: object, asked: list[object]) -> bool:
    """Say whether an operation takes a parameter such as `IfMatch`."""
    return get_args(annotated)[1].dependency in asked


def _audience(scopes: list[str]) -> list[str]:
    """Which roles may call; nobody in particular where no token is asked for."""
    if not scopes:
        return ["anyone"]
    return sorted(frozenset.intersection(*(PERMISSIONS[scope].roles for scope in scopes)))


def _header_parameters(method: str, asked: list[object], *, is_open: bool) -> list[str]:
    names = []
    if _calls(etags.IfMatch, asked):
        names.append("IfMatch")
    if _calls(etags.IfMatchWhenItExists, asked):
        names.append("IfMatchWhenItExists")
    if method in _WRITES and not is_open and not _calls(routing.Reading, asked):
        names.append("IdempotencyKey" if method == "post" else "IdempotencyKeyIfAny")
    return names


def _shape_parameters(operation: Json, names: list[str]) -> None:
    """Put shared headers in the place of the ones an endpoint happens to read."""
    own = []
    for parameter in operation.pop("parameters", ()):
        shared = _SHARED.get(parameter["name"].lower()) if parameter["in"] == "header" else None
        if shared is None:
            own.append(_described(_without_null(parameter)))
        elif all(PARAMETERS[name]["name"] != PARAMETERS[shared]["name"] for name in names):
            names.append(shared)
    refs = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    if own or refs:
        operation["parameters"] = [*own, *refs]


def _described(parameter: Json) -> Json:
    text = PARAMETER_TEXTS.get(parameter["name"])
    return {"description": text, **parameter} if text else parameter


def _without_null(parameter: Json) -> Json:
    """A parameter may be left out, but nobody can send null in an address."""
    schema = parameter["schema"]
    kinds = [it for it in schema.get("anyOf", ()) if it != {"type": "null"}]
    if len(kinds) == 1:
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        schema = {**kinds[0], **rest}
    described = {"description", "examples"} if "description" in parameter else set()
    kept = {name: value for name, value in schema.items() if name not in described}
    if kept.get("default") == []:
        del kept["default"]
    return parameter | {"schema": kept}


def _tell_refusals(operation: Json) -> None:
    """Fold the reasons an endpoint names into its description; their shape is one."""
    named = [
        problem
        for answer in operation["responses"].values()
        for problem in answer.get(NAMED_PROBLEMS, ())
    ]
    if not named:
        return
    operation[NAMED_PROBLEMS] = named = sorted(named, key=lambda it: (it["status"], it["code"]))
    lines = [
        f"- {it['status']} `{it.get('reason', it['code'])}`: {it['detail_en']}" for it in named
    ]
    operation["description"] += "\n\n" + "\n".join(["Refused when:", "", *lines])


def _answers(described: Json) -> Json:
    """Keep what an operation answers of its own, and the one shape of every refusal."""
    kept = {}
    for status, answer in described.items():
        content = answer.get("content", {})
        is_ours = "HTTPValidationError" in str(content) or PROBLEM_JSON in content
        if not is_ours:
            kept[status] = answer | {"description": HTTPStatus(int(status)).phrase}
    return kept | REFUSALS


def _is_download(answer: Json) -> bool:
    return any(
        it.get("schema", {}).get("format") == "binary" for it in answer.get("content", {}).values()
    )
