"""Facts identity hears, and the act each one leads to."""

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.inbox import Inbox
from libs.common.refusals import AccessRefused

from .actions import refusals

inbox = Inbox("identity.inbox")


@inbox.on
async def enter_refusal(tx: AsyncSession, fact: AccessRefused) -> None:
    """Whom another service has refused stands in the access history of their policyholder."""
    await refusals.enter(tx, fact)
