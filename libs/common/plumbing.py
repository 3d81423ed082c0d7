"""The tables every service has beside its own: outbox, inbox and idempotent answers."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from .packing import MOST_DATA_BYTES

TENANT_TABLES = ("outbox", "outbox_heads", "inbox_facts", "inbox_heads", "idempotency_keys")
"""Plumbing whose rows belong to a tenant; `inbox_positions` belongs to the service itself."""


def _tenant() -> Column[str]:
    return Column("tenant", Text, primary_key=True)


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _stamp(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


# house: six tables, read from top to bottom like the schema they are
def add_plumbing(metadata: MetaData) -> None:
    """Enter these tables in a service's catalogue."""
    Table(
        "outbox",
        metadata,
        _tenant(),
        Column("id", Uuid, primary_key=True),
        Column("position", BigInteger, Identity(always=True), nullable=False),
        *(Column(name, Text, nullable=False) for name in ("topic", "type", "key")),
        Column("sequence", BigInteger, nullable=False),
        # The JSON of a fact, as text or, of a batch, compressed (`packing`).
        Column("data", Text),
        Column("packed", LargeBinary),
        *(
            Column(name, Text, nullable=False)
            for name in ("correlation_id", "causation_id", "traceparent")
        ),
        _stamp("told_at"),
        Column("sent_at", DateTime(timezone=True)),
        CheckConstraint("num_nonnulls(data, packed) = 1", name="one_form"),
        # A fact too large for Kafka must fail its act: later it would hold up all behind it.
        CheckConstraint(f"octet_length(data) <= {MOST_DATA_BYTES}", name="fits"),
        Index("ix_outbox_unsent", "position", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_sent_at", "sent_at"),
    )
    Table(
        "outbox_heads",
        metadata,
        _tenant(),
        _key("topic"),
        _key("key"),
        Column("sequence", BigInteger, nullable=False),
    )
    Table(
        "inbox_facts",
        metadata,
        _tenant(),
        Column("id", Uuid, primary_key=True),
        _stamp("at"),
        Index("ix_inbox_facts_at", "at"),
    )
    Table(
        "inbox_heads",
        metadata,
        _tenant(),
        _key("topic"),
        _key("key"),
        Column("sequence", BigInteger, nullable=False),
    )
    Table(
        "inbox_positions",
        metadata,
        _key("topic"),
        Column("partition", Integer, primary_key=True, autoincrement=False),
        Column("position", BigInteger, nullable=False),
    )
    Table(
        "idempotency_keys",
        metadata,
        _tenant(),
        *(_key(name) for name in ("principal", "method", "path", "key")),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", Integer),
        Column("headers", JSONB),
        Column("body", LargeBinary),
        _stamp("at"),
        Index("ix_idempotency_keys_at", "at"),
    )
