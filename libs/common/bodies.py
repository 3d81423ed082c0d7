"""Bodies in JSON, read more strictly than libraries read them.

Two readers of one body must never see two different bodies.

Source: security notes §5; RFC 8259 §4 (members are to be unique).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32

# Only an escape can bring in a NUL or half a surrogate pair.
_MAY_BE_NO_TEXT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class StrictRequest(Request):
    """A request whose body is small, and whose JSON is flat and unambiguous.

    Raises: HTTPException, because FastAPI lets no other pass while it reads a body.
    """

    async def body(self) -> bytes:
        """Give the whole body, counted as it arrives: a declared length is only a claim."""
        if not hasattr(self, "_body"):
            body = bytearray()
            async for chunk in self.stream():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise HTTPException(413)
            self._body = bytes(body)
        return self._body

    async def is_empty(self) -> bool:
        """Tell whether there is no body; what there is, is not read beyond its first bytes."""
        async for chunk in self.stream():
            if chunk:
                return False
        self._body = b""
        return True

    async def json(self) -> Any:
        """Give the JSON value of the body."""
        body = await self.body()
        try:
            value = _parsed(body)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400) from error
        for place in _no_texts(value, "#") if _MAY_BE_NO_TEXT.search(body) else ():
            raise HTTPException(422, detail=place)
        return value


def _parsed(body: bytes) -> Any:
    value = json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    # So few brackets cannot be nested too deeply: most bodies need no second look.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check_depth(value, MAX_DEPTH)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _no_texts(value: Any, place: str) -> Iterator[str]:
    """Point to every text that no database and no other service could take."""
    if isinstance(value, str):
        if not _is_text(value):
            yield place
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _no_texts(inner, f"{place}/{name}") if _is_text(name) else [place]
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _no_texts(inner, f"{place}/{index}")


def _is_text(value: str) -> bool:
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)


def _check_depth(value: Any, left: int) -> None:
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return
    if left == 0:
        raise ValueError("nested too deeply")
    for each in inner:
        _check_depth(each, left - 1)
