"""Rows of the platform itself: what is asked before anybody is known."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.database import PLATFORM, act_for


@asynccontextmanager
async def at_platform(tx: AsyncSession) -> AsyncIterator[None]:
    """Turn a policyholder's transaction to the platform's rows for a moment."""
    tenant = tx.info["tenant"]
    await act_for(tx, PLATFORM)
    yield
    await act_for(tx, tenant)
