"""Ending a session by hand: one's own, or as an administrator another's."""

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.permissions import ADMINISTRATOR
from libs.common.problem_codes import StepUpRequired
from libs.common.security import STEP_UP_CHALLENGE, is_stepped_up

from .. import queries
from ..errors import SessionNotFound
from .acting import Acting
from .history import Deed
from .sessions import end_sessions


async def end_session(tx: AsyncSession, acting: Acting, session_id: str) -> None:
    """End a session of one's own, or of one's company's users.

    Raises: SessionNotFound, also for another's where one may not see it; StepUpRequired.
    """
    caller = acting.caller
    session = await queries.user_session(tx, session_id, locked=True)
    is_own = session.user_id == caller.subject
    if session.ended_at is not None or not (is_own or caller.role == ADMINISTRATOR):
        raise SessionNotFound
    if not is_own and not is_stepped_up(caller):
        raise StepUpRequired(headers=STEP_UP_CHALLENGE)
    await end_sessions(tx, [session], "ended-by-hand", acting.now)
    await acting.note(tx, Deed("session.end", target=session.user_id, reason="by-hand"))
