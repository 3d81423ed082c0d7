"""Versions of resources on the wire: strong ETags, and acts that say which version they saw."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from .problem_codes import PreconditionFailed, PreconditionRequired

# As long as a version of ours may be: Python itself refuses numbers of thousands of digits.
_ETAG = re.compile('"([0-9]{1,18})"')

NONE_SENT = 0
"""No version at all; those of resources begin with 1."""


def etag(version: int) -> str:
    """Write a version as a strong ETag."""
    return f'"{version}"'


async def _if_match(
    if_match: Annotated[str | None, Header(description='The ETag that was read: `"7"`.')] = None,
) -> int:
    # Whether the thing exists is told before its version is missed: `match` refuses none.
    return _version(if_match) or NONE_SENT


async def _if_match_when_it_exists(request: Request) -> int | None:
    return _version(request.headers.get("if-match"))


def _version(header: str | None) -> int | None:
    written = _ETAG.fullmatch((header or "").strip())
    return int(written[1]) if written else None


def match(seen: int | None, current: int | None) -> None:
    """Let an act go on only from the version the caller saw.

    Raises: PreconditionRequired, PreconditionFailed (telling the current version).
    """
    if current is None:
        return
    if not seen:
        raise PreconditionRequired
    if seen != current:
        raise PreconditionFailed(current_version=current)


def unless_held(request: Request, response: Response) -> Response:
    """Answer 304 instead, where the caller already holds this version (`If-None-Match`)."""
    named = request.headers.get("if-none-match", "").split(",")
    held = {tag.strip().removeprefix("W/") for tag in named}
    is_read = request.method == "GET" and response.status_code == 200
    if not is_read or response.headers.get("etag") not in held:
        return response
    about_the_body = ("content-length", "content-type")
    kept = {name: value for name, value in response.headers.items() if name not in about_the_body}
    return Response(status_code=304, headers=kept)


IfMatch = Annotated[int, Depends(_if_match)]
"""The version an update, a delete or an action was decided on."""

IfMatchWhenItExists = Annotated[int | None, Depends(_if_match_when_it_exists)]
"""The version a PUT was decided on; none when it creates."""
