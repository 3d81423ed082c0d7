"""Examples for every body: from the fields' own examples, else from one word list."""

from typing import Any

from jsonschema import Draft202012Validator

from .schemas import REF, resolve
from .words import EXAMPLES

Json = dict[str, Any]

_FORMATS = {
    "date": "2026-08-25",
    "date-time": "2026-08-25T01:15:00Z",
    "uuid": "0199c3b1-7a52-7c1e-9d0a-5f1f2f0c9e11",
    "binary": "…",
}


def example_of(schema: Json, components: Json, name: str = "") -> Any:
    """Give an example of what a schema describes; `name` is the member it stands under."""
    if name in EXAMPLES and is_valid(EXAMPLES[name], schema, components):
        return EXAMPLES[name]
    schema = resolve(schema, components)
    if "const" in schema:
        return schema["const"]
    for choices in ("examples", "enum"):
        if choices in schema:
            return schema[choices][0]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return example_of(schema[union][0], components, name)
    return _example_by_type(schema, components, name)


def _example_by_type(schema: Json, components: Json, name: str) -> Any:
    match schema.get("type"):
        case "object":
            members = schema.get("properties", {})
            return {member: example_of(it, components, member) for member, it in members.items()}
        case "array":
            return [example_of(schema["items"], components, name)]
        case "string":
            return _FORMATS.get(schema.get("format", ""), name.replace("_", " "))
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return max(1, schema.get("minimum", 1))


def is_valid(example: Any, schema: Json, components: Json) -> bool:
    """Say whether an example is what a schema describes."""
    return not mistakes(example, schema, components)


def mistakes(example: Any, schema: Json, components: Json) -> list[str]:
    """Say what is wrong with an example, and where."""
    whole = {**schema, "components": {"schemas": components}}
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(whole).iter_errors(example)
    ]


__all__ = ["REF", "example_of", "is_valid", "mistakes"]
