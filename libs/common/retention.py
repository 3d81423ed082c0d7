"""Forgets what nobody can ask for any more: facts long told, keys and ids long handled."""

import asyncio

import asyncpg
import structlog

from .driver import FAILURES, hang_up
from .settings import ServiceSettings

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 3600

# A topic keeps facts for 14 days, so no id is heard again after 30; keys live through year's end.
# Source: api notes §5 (keys 30 days) and §9 (topics 14 days).
_FORGET = (
    "DELETE FROM outbox WHERE sent_at < now() - interval '14 days'",
    "DELETE FROM inbox_facts WHERE at < now() - interval '30 days'",
    "DELETE FROM idempotency_keys WHERE at < now() - interval '30 days'",
)


class Retention:
    """The loop that keeps plumbing from growing for ever; several do no harm."""

    def __init__(self, settings: ServiceSettings) -> None:
        """Prepare; `run` does the work."""
        self._settings = settings

    async def run(self) -> None:
        """Forget every hour until cancelled; a database that is away is met again next time."""
        while True:
            try:
                await self.forget()
            except FAILURES as error:
                log.warning("not_forgotten", error=type(error).__name__)
            await asyncio.sleep(_EVERY_SECONDS)

    async def forget(self) -> None:
        """Delete what is past its time, unread: the role sees only when a row was written."""
        connection = await asyncpg.connect(self._settings.database_relay_url)
        try:
            for statement in _FORGET:
                await connection.execute(statement)
        finally:
            await hang_up(connection)
