"""What tests of every service look at afterwards."""

import json
from typing import Any

from sqlalchemy import text

from libs.common.database import PLATFORM
from libs.common.packing import data_of
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

_TOLD = text("SELECT type, data, packed FROM outbox WHERE key = :key ORDER BY position")


async def told(service: Running, key: str, tenant: str = TENANT) -> list[tuple[str, Any]]:
    """List the facts told about a thing, as (type, data), oldest first."""
    door = service.databases.platform() if tenant == PLATFORM else service.databases.tenant(tenant)
    async with door as tx:
        rows = await tx.execute(_TOLD, {"key": key})
        return [(row["type"], json.loads(data_of(dict(row)))) for row in rows.mappings()]


def refused(answer: Any, status: int, code: str, reason: str | None = None) -> dict[str, Any]:
    """Check that an answer is this problem, in both languages, and give its body."""
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert (answer.status_code, body["code"], body["reason"]) == (status, code, reason), body
    assert body["detail_en"]
    assert body["title_en"]
    assert body["request_id"]
    return body
