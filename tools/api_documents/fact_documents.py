"""The facts services tell each other: one JSON Schema for each type, and one AsyncAPI document."""

from collections.abc import Iterator
from typing import Any

from libs.common.events import PREFIX, Event, is_state
from libs.common.service import Service
from libs.common.topics import PARTITIONS

from .examples import example_of
from .schemas import REF, tidy
from .services import every_service, facts_told

Json = dict[str, Any]

_ENVELOPE = {
    # CloudEvents 1.0, binary mode: name on the wire without `ce_`, meaning, example.
    "specversion": ("The version of CloudEvents.", "1.0"),
    "id": ("Id of the fact (UUIDv7); the same when it is told again.", "0199c3b1-7a52-7c1e-9d0a"),
    "source": ("The service that tells it.", "/services/buyers"),
    "type": ("Its type, with the platform's prefix.", "moyai.buyers.buyer.registered.v1"),
    "subject": ("Id of the thing it is about.", "1234560"),
    "time": ("When it became true (RFC 3339, UTC).", "2026-08-25T01:15:00Z"),
    "datacontenttype": ("The form of the data.", "application/json"),
    "dataschema": ("Where its schema is.", "/schemas/buyers.buyer.registered.v1.json"),
    "tenant": ("Whose it is: a policyholder's code, or `platform`.", "045012300"),
    "partitionkey": ("The record's key: tenant and subject.", "045012300:1234560"),
    "sequence": ("Its place among the facts of its subject, without gaps.", "7"),
    "correlationid": ("Id of the act that began it all.", "49a4c843-2f2b-4c39-9a37"),
    "causationid": ("Id of the fact that led to this one.", "0199c3b1-7a51-7d02-8a11"),
    "traceparent": ("The trace it belongs to (W3C).", "00-4bf92f3577b34da6a3ce929d0e0e4736-…"),
    "dataclass": ("How secret the data is.", "INTERNAL"),
}
_MAY_BE_MISSING = {"correlationid", "causationid", "traceparent"}


def fact_schemas() -> dict[str, Json]:
    """The schema of every fact's data, by type."""
    return {
        fact.event_type: _schema_of(fact)
        for service in every_service()
        for fact in facts_told(service)
    }


def _schema_of(fact: type[Event]) -> Json:
    schema = tidy(fact.model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/schemas/{fact.event_type}.json",
        "title": fact.event_type,
        **schema,
    }


def asyncapi_document() -> Json:
    """Describe every topic, what is told on it, and who tells and hears it."""
    services = every_service()
    told = [fact for service in services for fact in facts_told(service)]
    schemas: Json = {}
    messages = {fact.event_type: _message(fact, schemas) for fact in told}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Facts of the trade insurance platform",
            "version": "1",
            "description": "Past tense, complete, at least once, in order for each subject.",
        },
        "defaultContentType": "application/json",
        "channels": _channels(told),
        "operations": dict(sorted(_operations(services))),
        "components": {
            "messages": messages,
            "messageTraits": {"CloudEvent": {"headers": _headers()}},
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _message(fact: type[Event], schemas: Json) -> Json:
    schema = fact.model_json_schema(ref_template=REF + "{model}")
    inner = {f"{fact.event_type}.{name}": it for name, it in schema.pop("$defs", {}).items()}
    text = tidy(schema)
    for name, it in inner.items():
        schemas[name] = _renamed(tidy(it), fact.event_type)
    schemas[fact.event_type] = _renamed(text, fact.event_type)
    data = example_of(schemas[fact.event_type], schemas)
    return {
        "name": PREFIX + fact.event_type,
        "title": fact.__name__,
        "summary": (fact.__doc__ or "").strip().split("\n")[0],
        "traits": [{"$ref": "#/components/messageTraits/CloudEvent"}],
        "payload": {"$ref": REF + fact.event_type},
        "bindings": {"kafka": {"key": {"type": "string"}}},
        "examples": [{"name": "example", "payload": data}],
    }


def _renamed(node: Any, fact: str) -> Any:
    """Let the parts of a fact's data be known by the fact: two facts may name parts alike."""
    if isinstance(node, dict):
        renamed = {name: _renamed(it, fact) for name, it in node.items()}
        if isinstance(node.get("$ref"), str):
            renamed["$ref"] = node["$ref"].replace(REF, f"{REF}{fact}.")
        return renamed
    return [_renamed(it, fact) for it in node] if isinstance(node, list) else node


def _headers() -> Json:
    return {
        "type": "object",
        "required": [f"ce_{name}" for name in _ENVELOPE if name not in _MAY_BE_MISSING],
        "properties": {
            f"ce_{name}": {"type": "string", "description": text, "examples": [example]}
            for name, (text, example) in _ENVELOPE.items()
        },
    }


def _channels(told: list[type[Event]]) -> Json:
    channels: Json = {}
    for fact in sorted(told, key=lambda fact: fact.topic):
        channel = channels.setdefault(_channel(fact), _new_channel(fact))
        channel["messages"][fact.event_type] = {"$ref": f"#/components/messages/{fact.event_type}"}
    return channels


def _channel(fact: type[Event]) -> str:
    return fact.topic.removeprefix(PREFIX)


def _new_channel(fact: type[Event]) -> Json:
    policy = ["compact"] if is_state(fact.event_type) else ["delete"]
    kafka = {"partitions": PARTITIONS, "topicConfiguration": {"cleanup.policy": policy}}
    return {"address": fact.topic, "messages": {}, "bindings": {"kafka": kafka}}


def _operations(services: list[Service]) -> Iterator[tuple[str, Json]]:
    """Who sends and who receives on each channel; a listener's group is its own."""
    for service in services:
        told = facts_told(service)
        for channel in {_channel(fact) for fact in told}:
            text = f"{service.title} ({service.title_ja}) tells these facts."
            yield f"{service.name}.tells.{channel}", _operation("send", channel, told, text)
        if service.inbox is None:
            continue
        heard = [handler.fact for handler in service.inbox.handlers.values()]
        group = {"kafka": {"groupId": {"type": "string", "const": service.inbox.group}}}
        for channel in {_channel(fact) for fact in heard}:
            text = f"{service.title} ({service.title_ja}) acts on these facts."
            operation = _operation("receive", channel, heard, text)
            yield f"{service.name}.hears.{channel}", operation | {"bindings": group}


def _operation(action: str, channel: str, facts: list[type[Event]], text: str) -> Json:
    types = sorted(fact.event_type for fact in facts if _channel(fact) == channel)
    path = f"#/channels/{channel}"
    return {
        "action": action,
        "description": text,
        "channel": {"$ref": path},
        "messages": [{"$ref": f"{path}/messages/{name}"} for name in types],
    }
