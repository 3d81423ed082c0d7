"""A fact's schema may only grow: who listens, and what was told long ago, stay understood."""

from copy import deepcopy
from typing import Any

import pytest

from tools.api_documents.evolution import breaks

RESERVED: dict[str, Any] = {
    "$id": "/schemas/buyers.limit.reserved.v1.json",
    "description": "Room on a buyer is held.",
    "type": "object",
    "required": ["buyer_code", "outcome"],
    "properties": {
        "buyer_code": {"type": "string", "pattern": "^[0-9]{7}$"},
        "outcome": {"type": "string", "enum": ["RESERVED", "REFUSED"]},
        "room": {"$ref": "#/$defs/Room"},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
    "$defs": {"Room": {"type": "object", "properties": {"amount": {"type": "string"}}}},
}


def changed(*path: str, to: Any) -> dict[str, Any]:
    """The schema with one place changed."""
    after = deepcopy(RESERVED)
    place = after
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return after


def test_an_optional_member_may_be_added() -> None:
    """Given a fact, when it gains a member nobody must send, then nothing breaks."""
    after = changed("properties", "note", to={"type": "string"})

    assert breaks(RESERVED, after) == []


def test_texts_may_change() -> None:
    """Given a fact, when only its description changes, then nothing breaks."""
    assert breaks(RESERVED, changed("description", to="Room is held.")) == []


@pytest.mark.parametrize(
    ("path", "to", "told"),
    [
        (("properties", "buyer_code", "type"), "integer", "$.buyer_code.type has changed"),
        (("properties", "buyer_code", "pattern"), "^[0-9]{8}$", "$.buyer_code.pattern has changed"),
        (("properties", "outcome", "enum"), ["RESERVED"], "$.outcome.enum has changed"),
        (("properties", "notes", "items"), {"type": "integer"}, "$.notes.items.type has changed"),
        (("properties", "room"), {"type": "string"}, "$.room.$ref has changed"),
        (("$defs", "Room", "properties"), {}, "$.Room.amount is gone"),
        (("required",), ["buyer_code"], "$.outcome may now be left out"),
        (
            ("required",),
            ["buyer_code", "outcome", "room"],
            "$.room is new and not optional",
        ),
    ],
)
def test_what_a_listener_reads_may_not_change(path: tuple[str, ...], to: Any, told: str) -> None:
    """Given a fact, when a member goes, narrows or becomes another, then it is noticed."""
    assert told in breaks(RESERVED, changed(*path, to=to))
