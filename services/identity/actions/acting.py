"""A person acting: who, from where and when, and the desk they act at."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.problem_codes import AuthenticationFailed
from libs.common.tokens import Caller

from .desk import Desk, Origin
from .history import Deed, by, record


@dataclass(frozen=True, slots=True)
class Acting:
    """An act under way; `now` is real time."""

    desk: Desk
    caller: Caller
    origin: Origin
    now: datetime

    async def note(self, tx: AsyncSession, deed: Deed) -> None:
        """Write what is done into the history, last of all in its transaction."""
        await record(tx, by(self.caller), self.origin, deed)

    def hashed(self, **values: str | None) -> dict[str, str]:
        """Hash what is changed for the history, with our key: nobody finds a value by guessing."""
        mac = self.desk.kek.mac
        return {name: mac("changed", it).hex() for name, it in values.items() if it is not None}

    async def refused(self, action: str, why: str) -> AuthenticationFailed:
        """Write down why a proof was refused, and give the refusal, which does not say."""
        async with self.desk.databases.tenant(self.caller.tenant) as tx:
            await self.note(tx, Deed(action, "FAILURE", reason=why))
        return AuthenticationFailed()
