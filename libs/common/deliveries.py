"""What the inbox remembers: which facts were handled, how far each key and partition is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from .envelope import Envelope, read_envelope
from .events import is_state, topic_of


class SequenceGap(Exception):
    """A fact came before its predecessor; it waits among the dead letters for its turn."""


class SequenceTaken(Exception):
    """Another fact had this number before: its teller has forgotten what it told, or is none."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A fact as it arrived."""

    envelope: Envelope
    offset: int
    data: bytes


_POSITION = "SELECT position FROM inbox_positions WHERE topic = :topic AND partition = :partition"
# New ids and known heads in one answer, as every batch asks for both.
_NEW = text("""
WITH new AS (
    INSERT INTO inbox_facts (tenant, id)
    SELECT :tenant, id FROM unnest(CAST(:ids AS uuid[])) AS fact (id)
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT id, NULL AS key, NULL AS sequence FROM new
UNION ALL
SELECT NULL, key, sequence FROM inbox_heads
WHERE tenant = :tenant AND topic = :topic AND key = ANY(:keys)
""")
_MOVE = text("""
WITH heads AS (
    INSERT INTO inbox_heads AS heads (tenant, topic, key, sequence)
    SELECT :tenant, :topic, key, sequence
    FROM unnest(CAST(:keys AS text[]), CAST(:sequences AS bigint[])) AS fact (key, sequence)
    ON CONFLICT (tenant, topic, key)
    DO UPDATE SET sequence = greatest(heads.sequence, EXCLUDED.sequence)
)
INSERT INTO inbox_positions AS reached (topic, partition, position)
VALUES (:topic, :partition, :position)
ON CONFLICT (topic, partition)
DO UPDATE SET position = greatest(reached.position, EXCLUDED.position)
""")


def read_delivery(record: Any) -> Delivery:
    """Read a Kafka record as a fact.

    Raises: BrokenEnvelope.
    """
    return Delivery(read_envelope(record.key, record.headers), record.offset, record.value)


async def position_of(tx: AsyncSession, partition: TopicPartition, *, lock: bool) -> int:
    """Give the offset of the next record to handle; the lock keeps a fenced twin out."""
    statement = text(_POSITION + (" FOR UPDATE" if lock else ""))
    place = {"topic": partition.topic, "partition": partition.partition}
    return (await tx.execute(statement, place)).scalar() or 0


async def new_deliveries(tx: AsyncSession, run: Sequence[Delivery]) -> list[Delivery]:
    """Pick the facts that have not been handled, and note them as handled.

    Raises: SequenceGap when one's predecessor is missing, SequenceTaken when its number is used.
    """
    if not run:
        return []
    asked = {
        "tenant": tx.info["tenant"],
        "topic": topic_of(run[0].envelope.type),
        "ids": [delivery.envelope.id for delivery in run],
        "keys": list({delivery.envelope.key for delivery in run}),
    }
    rows = (await tx.execute(_NEW, asked)).all()
    unseen = {row.id for row in rows if row.id}
    heads = {row.key: row.sequence for row in rows if row.key}
    fresh = []
    for delivery in run:
        envelope = delivery.envelope
        # A producer may have sent a fact twice within this very batch.
        if envelope.id not in unseen:
            continue
        unseen.discard(envelope.id)
        if _is_next(envelope, heads):
            fresh.append(delivery)
    return fresh


def _is_next(envelope: Envelope, heads: dict[str, int]) -> bool:
    last = heads.get(envelope.key)
    if last is not None and is_state(envelope.type):
        # Of a full record only the newest counts, and compaction leaves gaps; facts have none.
        if envelope.sequence <= last:
            return False
    elif last is not None and envelope.sequence != last + 1:
        out_of_turn = SequenceGap if envelope.sequence > last else SequenceTaken
        raise out_of_turn(f"{envelope.key}: {envelope.sequence} after {last}")
    heads[envelope.key] = envelope.sequence
    return True


async def note(
    tx: AsyncSession, partition: TopicPartition, position: int, run: Sequence[Delivery]
) -> None:
    """Write down how far each key and the partition are now."""
    last: dict[str, int] = {}
    for envelope in (delivery.envelope for delivery in run):
        # A copy of an earlier fact may come last.
        last[envelope.key] = max(envelope.sequence, last.get(envelope.key, 0))
    keys = sorted(last)
    heads = {"keys": keys, "sequences": [last[key] for key in keys]}
    place = {"topic": partition.topic, "partition": partition.partition, "position": position}
    await tx.execute(_MOVE, {"tenant": tx.info["tenant"]} | heads | place)
