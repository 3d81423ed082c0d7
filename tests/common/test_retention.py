"""What is past its time is forgotten, and nothing before it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy import table as sql_table

from libs.common.database import Databases
from libs.common.retention import Retention
from libs.common.settings import ServiceSettings
from tests.kit.engines import Engines
from tests.kit.running import settings_for
from tests.kit.stand_in_identity import OTHER_TENANT, TENANT

_KEY = text("""
INSERT INTO idempotency_keys (tenant, principal, method, path, key, fingerprint, at)
VALUES (:tenant, 'x', 'POST', '/', :name, '', now() - CAST(:age AS interval))
""")
_HEARD = text("""
INSERT INTO inbox_facts (tenant, id, at)
VALUES (:tenant, gen_random_uuid(), now() - CAST(:age AS interval))
""")
_TOLD = text("""
INSERT INTO outbox (tenant, id, topic, type, key, sequence, data, correlation_id, causation_id,
                    traceparent, sent_at)
VALUES (:tenant, gen_random_uuid(), 't', 't', :name, 1, '{}', '', '', '',
        now() - CAST(:age AS interval))
""")


@pytest_asyncio.fixture
async def settings(engines: Engines) -> AsyncIterator[ServiceSettings]:
    """A service's settings, with a database nobody else uses."""
    yield settings_for("buyers", engines.database("buyers", f"old_{uuid4().hex[:10]}"))


async def _left(settings: ServiceSettings, table: str) -> int:
    counted = 0
    databases = Databases(settings)
    for tenant in (TENANT, OTHER_TENANT):
        async with databases.tenant(tenant) as tx:
            counted += await tx.scalar(select(func.count()).select_from(sql_table(table))) or 0
    await databases.close()
    return counted


@pytest.mark.parametrize(
    ("table", "statement", "kept_for"),
    [("outbox", _TOLD, 14), ("inbox_facts", _HEARD, 30), ("idempotency_keys", _KEY, 30)],
)
async def test_old_rows_of_everybody_are_forgotten(
    settings: ServiceSettings, table: str, statement: object, kept_for: int
) -> None:
    """Given rows of two policyholders, when their time is past, then they are gone."""
    databases = Databases(settings)
    for tenant in (TENANT, OTHER_TENANT):
        async with databases.tenant(tenant) as tx:
            for days in (kept_for - 1, kept_for + 1):
                row = {"tenant": tenant, "name": str(days), "age": timedelta(days)}
                await tx.execute(statement, row)  # type: ignore[call-overload]
    await databases.close()

    await Retention(settings).forget()

    assert await _left(settings, table) == 2


async def test_a_fact_not_yet_told_is_never_forgotten(settings: ServiceSettings) -> None:
    """Given a fact that Kafka has not taken for a month, when others are forgotten, it stays."""
    databases = Databases(settings)
    async with databases.tenant(TENANT) as tx:
        await tx.execute(_TOLD, {"tenant": TENANT, "name": "a", "age": timedelta(60)})
        await tx.execute(
            text("UPDATE outbox SET sent_at = NULL, told_at = told_at - interval '60 days'")
        )
    await databases.close()

    await Retention(settings).forget()

    assert await _left(settings, "outbox") == 1


async def test_forgetting_reads_nothing(settings: ServiceSettings) -> None:
    """Given the role that forgets, when it asks for an answer or an id, then it is refused."""
    connection = await asyncpg.connect(settings.database_relay_url)

    for question in ("SELECT body FROM idempotency_keys", "SELECT id FROM inbox_facts"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(question)
    await connection.close()
