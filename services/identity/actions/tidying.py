"""Forgetting what is over: sessions long ended, sign-ins half done, codes and proofs spent."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, Databases

from .. import queries, tables
from ..domain.sessions import LONGEST
from ..domain.throttling import KEPT_PROOFS

_SESSIONS_KEPT = timedelta(days=90)
"""How long one can still see in the database that there was a session. Source: assumed."""


async def tidy_all(databases: Databases, now: datetime) -> None:
    """Forget, policyholder by policyholder: broken off, it is simply begun again.

    Units: `now` is real time; what is forgotten lives by it.
    """
    async with databases.tenant(PLATFORM) as tx:
        tenants = await queries.policyholders_with_access(tx)
    for tenant in tenants:
        async with databases.tenant(tenant) as tx:
            await _tidy(tx, now)


async def _tidy(tx: AsyncSession, now: datetime) -> None:
    session, token = tables.UserSession, tables.RefreshToken
    # Whatever its end: after so long nothing of it can be alive.
    gone = session.started_at < now - LONGEST - _SESSIONS_KEPT
    ids = select(session.session_id).where(gone)
    await tx.execute(delete(token).where(token.session_id.in_(ids)))
    await tx.execute(delete(session).where(gone))
    for kind in (tables.SignIn, tables.MailedCode, tables.UsedAssertion):
        await tx.execute(delete(kind).where(kind.expires_at < now))
    intent = tables.UsedIntent
    await tx.execute(delete(intent).where(intent.used_at < now - KEPT_PROOFS))
