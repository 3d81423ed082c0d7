"""The envelope of a fact on Kafka: CloudEvents 1.0 in binary mode, attributes as `ce_` headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from .events import PREFIX
from .wire import utc_text


class BrokenEnvelope(Exception):
    """A record on a topic is not one of our facts, or its tenant is not its key's."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a listener needs to know of a fact beside its data."""

    id: UUID
    type: str
    tenant: str
    key: str
    sequence: int
    told_at: str
    correlation_id: str
    traceparent: str


def kafka_key(tenant: str, key: str) -> bytes:
    """Give the record key that keeps facts of one aggregate in one partition."""
    return f"{tenant}:{key}".encode()


def headers_of(fact: Mapping[str, Any], service: str) -> list[tuple[str, bytes]]:
    """Write the attributes of an outbox row as record headers."""
    attributes = {
        "specversion": "1.0",
        "id": str(fact["id"]),
        "source": f"/services/{service}",
        "type": PREFIX + fact["type"],
        "subject": fact["key"],
        "time": utc_text(fact["told_at"]),
        "datacontenttype": "application/json",
        "dataschema": f"/schemas/{fact['type']}.json",
        "tenant": fact["tenant"],
        "partitionkey": f"{fact['tenant']}:{fact['key']}",
        "sequence": str(fact["sequence"]),
        "correlationid": fact["correlation_id"],
        "causationid": fact["causation_id"],
        "traceparent": fact["traceparent"],
        "dataclass": "INTERNAL",
    }
    return [(f"ce_{name}", value.encode()) for name, value in attributes.items() if value]


def read_envelope(key: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Envelope:
    """Read the attributes of a record.

    Raises: BrokenEnvelope when one is missing or the key belongs to another tenant.
    """
    try:
        values = {name.removeprefix("ce_"): value.decode() for name, value in headers}
        envelope = Envelope(
            id=UUID(values["id"]),
            type=values["type"].removeprefix(PREFIX),
            tenant=values["tenant"],
            key=values["subject"],
            sequence=int(values["sequence"]),
            told_at=values["time"],
            correlation_id=values.get("correlationid", ""),
            traceparent=values.get("traceparent", ""),
        )
    except (KeyError, ValueError) as error:
        raise BrokenEnvelope(f"unreadable header: {error}") from error
    if key != kafka_key(envelope.tenant, envelope.key) or not envelope.tenant:
        raise BrokenEnvelope("tenant and key disagree")
    return envelope
