"""Browsers of front ends elsewhere: what their pages may send and read (CORS).

Source: security notes §6 (exact origins only), API design §3 and §5 (headers).
"""

from collections.abc import Sequence
from typing import Any

_POLICY = "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SENT = (
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "traceparent",
    "x-requested-by",
)
_READ = (
    "content-disposition",
    "content-language",
    "etag",
    "idempotency-replayed",
    "link",
    "location",
    "preference-applied",
    "repr-digest",
    "retry-after",
    "www-authenticate",
    "x-request-id",
)
_REMEMBERED_SECONDS = 600


def cors(origins: Sequence[str]) -> dict[str, Any]:
    """Let the pages of these origins call, with their cookies; those of no other."""
    return {
        "@type": _POLICY,
        "allow_origin_string_match": [{"exact": origin} for origin in origins],
        "allow_methods": ", ".join(_METHODS),
        "allow_headers": ", ".join(_SENT),
        "expose_headers": ", ".join(_READ),
        "max_age": str(_REMEMBERED_SECONDS),
        "allow_credentials": True,
    }
