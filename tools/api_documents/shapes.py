"""What the descriptions of all operations share: headers, refusals, and who may ask."""

from typing import Any

from libs.common.permissions import OPERATOR, PERMISSIONS
from libs.common.problem_handlers import PROBLEM_JSON

from .problem_shape import problem_example

Json = dict[str, Any]

PARAMETERS: Json = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Names this one wish: sent again, it gets the stored answer (30 days).",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
        "example": "2611-0001-s",
    },
    "IdempotencyKeyIfAny": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "May name this one wish, so that it is carried out once only.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
        "example": "2611-0001-s",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of the version this act was decided on.",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
        "example": '"7"',
    },
    "IfMatchWhenItExists": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The ETag that was read; left out when the record is new.",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
        "example": '"7"',
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "The ETag of the copy the caller keeps; 304 while it is still good.",
        "schema": {"type": "string"},
        "example": '"7"',
    },
    "Prefer": {
        "name": "Prefer",
        "in": "header",
        "required": False,
        "description": "`wait=20`: answer when the status changes, after 20 seconds at most.",
        "schema": {"type": "string", "pattern": "^wait=([0-9]|[12][0-9]|30)$"},
        "example": "wait=20",
    },
}


def _header(description: str, example: str | int, **schema: Any) -> Json:
    kind = "integer" if isinstance(example, int) else "string"
    return {"description": description, "schema": {"type": kind, **schema}, "example": example}


HEADERS: Json = {
    "ContentDisposition": _header("What to call the file.", 'attachment; filename="policies.csv"'),
    "ReprDigest": _header("The SHA-256 of the file (RFC 9530).", "sha-256=:47DEQpj8HBSa+/TI…=:"),
    "ContentLanguage": _header("Language of the texts.", "ja", enum=["ja", "en"]),
    "ETag": _header("The version of what is told.", '"7"'),
    "IdempotencyReplayed": _header("`true`: answered before under the same key.", "true"),
    "Link": _header("The next page (RFC 8288).", '</v1/buyers?cursor=…>; rel="next"'),
    "Location": _header("Where the new resource is.", "/v1/ledger-uploads/upload_01m804gnfye…"),
    "PreferenceApplied": _header("The preference that was followed.", "wait=20"),
    "RetryAfter": _header("Seconds after which to ask again.", 2, minimum=0),
    "XRequestId": _header("Id of this request, for questions.", "49a4c843-2f2b-4c39-9a37"),
}
_WIRE_NAMES = {"ETag": "ETag", "XRequestId": "X-Request-Id"}


def headers(*names: str) -> Json:
    """Refer to shared headers under their names on the wire."""
    return {_wire_name(name): {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}


def _wire_name(name: str) -> str:
    hyphened = "".join(f"-{letter}" if letter.isupper() else letter for letter in name)
    return _WIRE_NAMES.get(name, hyphened.lstrip("-"))


REFUSALS: Json = {
    "4XX": {"$ref": "#/components/responses/Refused"},
    "5XX": {"$ref": "#/components/responses/Failed"},
}


def responses() -> Json:
    """The two answers every operation may give instead of its own."""
    body = {
        PROBLEM_JSON: {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "example": problem_example(),
        }
    }
    always = headers("ContentLanguage", "RetryAfter", "XRequestId")
    return {
        "Refused": {
            "description": "The request was refused; the problem says why.",
            "headers": always,
            "content": body,
        },
        "Failed": {
            "description": "The platform failed; nothing was changed.",
            "headers": always,
            "content": body,
        },
    }


def security_schemes(*, staff: bool) -> Json:
    """Where a token comes from, and the scopes it may carry on this listener."""
    scopes = {
        name: it.summary for name, it in PERMISSIONS.items() if (OPERATOR in it.roles) == staff
    }
    flow = {"tokenUrl": "/v1/oauth2/token", "scopes": scopes}
    return {"OAuth2": {"type": "oauth2", "flows": {"clientCredentials": flow}}}
