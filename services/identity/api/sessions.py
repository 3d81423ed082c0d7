"""`/sessions`: where one is signed in (セッション); administrators see their company's."""

from typing import Annotated

from fastapi import Query

from libs.common.answers import may_answer
from libs.common.paging import PageShape, Paging, ordered
from libs.common.permissions import ADMINISTRATOR
from libs.common.problem_codes import StepUpRequired
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import Instant, Output

from .. import queries, tables
from ..actions.ending import end_session
from ..errors import SessionNotFound
from .desk import Act, RealNow
from .people import SessionId, UserId

router = Router(tags=["sessions"], dependencies=[requires("sessions:read")])


class Session(Output):
    """A session of a user (セッション)."""

    session_id: SessionId
    user_id: UserId
    started_at: Instant
    last_used_at: Instant
    source_address: str | None
    user_agent: str


class SessionPage(PageShape[Session]):
    """A page of sessions."""


@router.get("/sessions", openapi_extra={"x-summary-ja": "セッションの一覧"})
async def list_sessions(
    tx: Reading,
    paging: Paging,
    caller: CurrentCaller,
    now: RealNow,
    user_id: Annotated[UserId | None, Query()] = None,
) -> SessionPage:
    """List your sessions; an administrator sees those of the company."""
    statement = queries.open_sessions(now)
    wanted = user_id if caller.role == ADMINISTRATOR else caller.subject
    if wanted is not None:
        statement = statement.where(tables.UserSession.user_id == wanted)
    by_id = tables.UserSession.session_id
    page = await paging.of(tx, ordered(statement, None, {"session_id": by_id}, by_id))
    return SessionPage.of(page, Session.model_validate)


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    dependencies=[requires("sessions:write")],
    responses=may_answer(SessionNotFound, StepUpRequired),
    openapi_extra={"x-summary-ja": "セッションの終了"},
)
async def delete_session(session_id: SessionId, acting: Act, tx: Transaction) -> None:
    """End a session; its tokens stop within seconds. Another's needs a step-up."""
    await end_session(tx, acting, session_id)
