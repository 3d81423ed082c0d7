"""A fact arriving at a service, handled as its listener would, without Kafka in between."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiokafka import TopicPartition
from sqlalchemy import text

from libs.common.command import load
from libs.common.database import PLATFORM
from libs.common.deliveries import Delivery, new_deliveries, note
from libs.common.envelope import Envelope
from libs.common.events import topic_of
from libs.common.wire import utc_text
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

_LAST = text("SELECT sequence FROM inbox_heads WHERE topic = :topic AND key = :key")


async def told(
    service: Running, kind: str, key: str, data: dict[str, Any], tenant: str = TENANT
) -> Delivery:
    """Tell a service a fact, the next of its key; gives it, to be told again."""
    async with _door(service, kind, tenant) as tx:
        last = await tx.scalar(_LAST, {"topic": topic_of(kind), "key": key})
    envelope = Envelope(
        id=uuid4(),
        type=kind,
        tenant=tenant,
        key=key,
        sequence=(last or 0) + 1,
        told_at=utc_text(datetime.now(UTC)),
        correlation_id="",
        traceparent="",
    )
    fact = Delivery(envelope, 0, json.dumps(data).encode())
    await told_again(service, fact)
    return fact


async def told_again(service: Running, fact: Delivery) -> None:
    """Tell a service a fact that it may have heard before."""
    inbox = load(service.settings.service).inbox
    assert inbox is not None
    handler = inbox.handlers[fact.envelope.type]
    async with _door(service, fact.envelope.type, fact.envelope.tenant) as tx:
        for delivery in await new_deliveries(tx, [fact]):
            await handler.act(tx, handler.fact.model_validate_json(delivery.data))
        await note(tx, TopicPartition(handler.fact.topic, 0), 0, [fact])


def _door(service: Running, kind: str, tenant: str) -> Any:
    inbox = load(service.settings.service).inbox
    takes_staff = tenant == PLATFORM or (inbox is not None and inbox.takes_staff(kind))
    databases = service.databases
    return databases.staff(tenant) if takes_staff else databases.tenant(tenant)
