"""Turn every refusal and every fault into one problem+json answer.

FastAPI answers 422 to broken JSON and to a wrong media type by itself; here these become 400 and
415. Nothing the caller sent is repeated, and a fault of ours is logged, never shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from .database import is_outage
from .paging import InvalidCursor
from .problem_codes import (
    DependencyUnavailable,
    InternalError,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
from .problems import Item, Problem

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"

# Pydantic's error kinds in the platform's item codes; what is not listed is a bad format.
_ITEM_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown-field",
    "string_too_short": "too-short",
    "string_too_long": "too-long",
    "too_short": "too-short",
    "too_long": "too-long",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "less_than_equal": "out-of-range",
    "date_from_datetime_parsing": "bad-date",
    "date_type": "bad-date",
    "date_parsing": "bad-date",
    "enum": "not-in-code-table",
    "literal_error": "not-in-code-table",
}
_TEXTS = {
    "required": ("必須項目です。", "This item is required."),
    "unknown-field": ("この項目はありません。", "There is no such item."),
    "wrong-type": ("データの型が正しくありません。", "The value has the wrong type."),
    "bad-format": ("形式が正しくありません。", "The value is not in the required form."),
    "too-short": ("短すぎます。", "The value is too short."),
    "too-long": ("長すぎます。", "The value is too long."),
    "out-of-range": ("範囲外の値です。", "The value is out of range."),
    "bad-date": ("日付が正しくありません。", "This is not a date."),
    "not-in-code-table": ("使用できない値です。", "The value is not one of those allowed."),
    "not-allowed-here": (
        "この操作では本文を送信できません。",
        "This operation takes no body.",
    ),
    "invalid-cursor": ("カーソルが無効です。", "The cursor does not belong to this query."),
}


def install(app: FastAPI) -> None:
    """Answer every exception of this app with a problem."""
    app.exception_handlers.update(
        {
            Problem: on_problem,
            RequestValidationError: _on_invalid_request,
            HTTPException: _on_http_exception,
            InvalidCursor: _on_invalid_cursor,
            DBAPIError: _on_database_error,
            PoolTimeout: _on_database_error,
            OSError: _on_database_error,
            ClientDisconnect: _on_nobody_there,
            Exception: _on_fault,
        }
    )


def answer(problem: Problem, path: str) -> JSONResponse:
    """Give the HTTP answer for a problem met at a path."""
    return JSONResponse(
        problem.body(path), problem.status, headers=problem.headers, media_type=PROBLEM_JSON
    )


def item(code: str, **place: Any) -> Item:
    """Make an item with the standard texts of its code."""
    japanese, english = _TEXTS[code]
    return Item(code, japanese, english, **place)


async def on_problem(request: Request, error: Problem) -> JSONResponse:
    """Answer a refusal; a fault of ours is logged, too."""
    if error.status >= 500:
        log.error("problem", code=error.code, reason=error.reason_name(), exc_info=error)
    return answer(error, request.scope["path"])


async def _on_invalid_request(request: Request, error: RequestValidationError) -> JSONResponse:
    return answer(_judge(request, error.errors()), request.scope["path"])


def _judge(request: Request, errors: Sequence[Mapping[str, Any]]) -> Problem:
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedRequest()
    if _sent_something_else_than_json(request, errors):
        return UnsupportedMediaType()
    return ValidationFailed(items=[_item_of(error) for error in errors])


def _sent_something_else_than_json(request: Request, errors: Sequence[Mapping[str, Any]]) -> bool:
    # FastAPI hands the raw bytes to the model when the media type is not JSON.
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    has_body = request.headers.get("content-length", "0") != "0" or (
        "transfer-encoding" in request.headers
    )
    return has_body and not is_json and any(tuple(error["loc"]) == ("body",) for error in errors)


def _item_of(error: Mapping[str, Any]) -> Item:
    kind = error["type"]
    code = _ITEM_CODES.get(kind) or ("wrong-type" if kind.endswith("_type") else "bad-format")
    source, *path = error["loc"]
    if source == "body":
        tokens = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
        return item(code, pointer="#/" + "/".join(tokens) if path else "#")
    return item(code, parameter=str(path[0]) if path else None)


async def _on_http_exception(request: Request, error: HTTPException) -> JSONResponse:
    if error.status_code == 405:
        error.headers = {"Allow": _allowed(request)}
    kinds: dict[int, type[Problem]] = {
        400: MalformedRequest,
        404: NotFound,
        405: MethodNotAllowed,
        413: PayloadTooLarge,
        415: UnsupportedMediaType,
        422: ValidationFailed,
    }
    # Only `bodies` raises 422, and says where.
    items = [item("bad-format", pointer=error.detail)] if error.status_code == 422 else []
    problem = kinds.get(error.status_code, InternalError)(items=items, headers=error.headers)
    return answer(problem, request.scope["path"])


def _allowed(request: Request) -> str:
    # The router names the methods of the first route that fits; a path may have several.
    fitting = (
        route.methods or ()
        for route in iter_route_contexts(request.app.routes)
        if route.path_regex.match(request.scope["path"])
    )
    return ", ".join(sorted({method for methods in fitting for method in methods}))


async def _on_invalid_cursor(request: Request, error: Exception) -> JSONResponse:
    problem = ValidationFailed(items=[item("invalid-cursor", parameter="cursor")])
    return answer(problem, request.scope["path"])


async def _on_database_error(request: Request, error: Exception) -> JSONResponse:
    if is_outage(error):
        log.warning("database_unavailable", error=type(error).__name__)
        return answer(DependencyUnavailable(retry_after=1), request.scope["path"])
    return await _on_fault(request, error)


async def _on_nobody_there(request: Request, error: ClientDisconnect) -> JSONResponse:
    # Somebody went away in the middle of a body: no fault of ours, and nobody hears this.
    return answer(MalformedRequest(), request.scope["path"])


async def _on_fault(request: Request, error: Exception) -> JSONResponse:
    log.error("fault", exc_info=error)
    return answer(InternalError(), request.scope["path"])
