"""What the gateway says by itself: the platform's problems, in Japanese and in English."""

from collections.abc import Iterator
from contextvars import copy_context
from typing import Any

from libs.common import context
from libs.common.problem_codes import (
    DependencyUnavailable,
    Forbidden,
    InternalError,
    InvalidToken,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    UnsupportedMediaType,
    UpstreamTimeout,
)
from libs.common.problems import Problem

# What Envoy answers, and what it means here. A status that is not the problem's own is replaced.
PROBLEMS: dict[int, type[Problem]] = {
    400: MalformedRequest,
    401: InvalidToken,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    408: MalformedRequest,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
    426: MalformedRequest,
    429: RateLimited,
    431: MalformedRequest,
    500: InternalError,
    502: DependencyUnavailable,
    503: DependencyUnavailable,
    504: UpstreamTimeout,
}
# As every service answers, too.
_SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
}
_MORE: dict[type[Problem], dict[str, str]] = {
    InvalidToken: {"www-authenticate": 'Bearer error="invalid_token"'},
    RateLimited: {"retry-after": "60"},
    DependencyUnavailable: {"retry-after": "5"},
}
_WANTS_ENGLISH = {
    "header_filter": {
        "header": {
            "name": "accept-language",
            "string_match": {"safe_regex": {"regex": r"(?i)\s*en(-.*|[,;].*|\s*)"}},
        }
    }
}


def mappers() -> list[dict[str, Any]]:
    """One mapper for each status and language, the narrower first: Envoy takes the first fit."""
    return [mapper for status in PROBLEMS for mapper in _mappers_of(status)]


def _mappers_of(status: int) -> Iterator[dict[str, Any]]:
    problem = PROBLEMS[status]
    on_status = {
        "status_code_filter": {
            "comparison": {
                "op": "EQ",
                "value": {"default_value": status, "runtime_key": f"reply.{status}"},
            }
        }
    }
    for language, condition in (
        ("en", {"and_filter": {"filters": [on_status, _WANTS_ENGLISH]}}),
        ("ja", on_status),
    ):
        headers = _SAFE | _MORE.get(problem, {}) | {"content-language": language}
        yield {
            "filter": condition,
            "status_code": problem.status,
            "headers_to_add": [_header(name, value) for name, value in headers.items()],
            "body_format_override": {
                "content_type": "application/problem+json",
                "json_format": _body(problem, language),
            },
        }


def _body(problem: type[Problem], language: str) -> dict[str, Any]:
    """The problem's members, as a service would answer them."""

    def compose() -> dict[str, Any]:
        context.language.set(language)
        context.request_id.set("%REQ(X-REQUEST-ID)%")
        return problem().body(instance="%PATH(NQ:PATH)%")

    return copy_context().run(compose)


def _header(name: str, value: str) -> dict[str, Any]:
    return {
        "header": {"key": name, "value": value},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }
