"""Whether a fact's schema may take the place of the one before: within `.v1` only additions.

Every fact ever told must still fit, and everything a listener reads must still be there.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_TEXTS = {"description", "title", "examples", "$schema", "$id"}
_MAPS = {"properties", "$defs", "required"}


def breaks(before: Json, after: Json) -> list[str]:
    """Say what a listener, or a fact told long ago, would stumble over."""
    return sorted(set(_breaks(before, after, "$")))


def _breaks(before: Any, after: Any, place: str) -> Iterator[str]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if before != after:
            yield f"{place} has changed"
        return
    for name in (before.keys() | after.keys()) - _TEXTS - _MAPS:
        yield from _breaks(before.get(name), after.get(name), f"{place}.{name}")
    for name in ("properties", "$defs"):
        yield from _missing(before.get(name, {}), after.get(name, {}), place)
    was, is_now = set(before.get("required", ())), set(after.get("required", ()))
    yield from (f"{place}.{name} may now be left out" for name in was - is_now)
    yield from (f"{place}.{name} is new and not optional" for name in is_now - was)


def _missing(before: Json, after: Json, place: str) -> Iterator[str]:
    for name, schema in before.items():
        if name in after:
            yield from _breaks(schema, after[name], f"{place}.{name}")
        else:
            yield f"{place}.{name} is gone"
