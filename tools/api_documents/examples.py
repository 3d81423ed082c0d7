"""Examples for every body: from the list of examples by member, else from what a schema says."""

from typing import Any

from jsonschema import Draft202012Validator

from .example_values import EXAMPLES
from .schemas import REF, resolve

Json = dict[str, Any]

_FORMATS = {
    "date": "2026-08-25",
    "date-time": "2026-08-25T01:15:00Z",
    "uuid": "0199c3b1-7a52-7c1e-9d0a-5f1f2f0c9e11",
    "binary": "…",
}


def example_of(schema: Json, components: Json, name: str = "", owner: str = "") -> Any:
    """Give an example of what a schema describes, standing as a member in an owner."""
    for key in (f"{owner}.{name}", name):
        if key in EXAMPLES and is_valid(EXAMPLES[key], schema, components):
            return EXAMPLES[key]
    if "$ref" in schema:
        owner = schema["$ref"].removeprefix(REF)
        schema = resolve(schema, components)
    if "const" in schema:
        return schema["const"]
    for choices in ("examples", "enum"):
        if choices in schema:
            return schema[choices][0]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return example_of(schema[union][0], components, name, owner)
    return _example_by_type(schema, components, name, owner)


def _example_by_type(schema: Json, components: Json, name: str, owner: str) -> Any:
    match schema.get("type"):
        case "object":
            members = schema.get("properties", {}).items()
            return {member: example_of(it, components, member, owner) for member, it in members}
        case "array":
            return [example_of(schema["items"], components, name, owner)]
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
    whole = {**schema, "components": {"schemas": components}}
    return bool(Draft202012Validator(whole).is_valid(example))
