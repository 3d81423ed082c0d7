"""JSON Schemas as generators of clients like them: no noise, files as files, one name each."""

from typing import Any

Json = dict[str, Any]

REF = "#/components/schemas/"
_MAPS = ("properties", "$defs")
_ONE = ("items", "additionalProperties")
_MANY = ("anyOf", "oneOf", "allOf", "prefixItems")


def tidy(schema: Json) -> Json:
    """Leave out the titles Pydantic makes of names, and mark bytes as a file."""
    kept = {name: value for name, value in schema.items() if name != "title"}
    if "contentMediaType" in kept:
        kept["format"] = "binary"
    for name in _MAPS:
        if name in kept:
            kept[name] = {member: tidy(it) for member, it in kept[name].items()}
    for name in _ONE:
        if isinstance(kept.get(name), dict):
            kept[name] = tidy(kept[name])
    for name in _MANY:
        if name in kept:
            kept[name] = [tidy(it) for it in kept[name]]
    return kept


def resolve(schema: Json, components: Json) -> Json:
    """Follow a reference to a component."""
    while "$ref" in schema:
        schema = components[schema["$ref"].removeprefix(REF)]
    return schema


def hoisted(schema: Json, components: Json) -> Json:
    """Make a body that has a name a component of that name."""
    if "title" not in schema or schema.get("type") != "object":
        return schema
    components[schema["title"]] = tidy(schema)
    return {"$ref": REF + schema["title"]}
