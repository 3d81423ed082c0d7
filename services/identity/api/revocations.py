"""`/internal/revocations`: what the other services listen to."""

from typing import Annotated

from fastapi import Query, Request

from libs.common.liveness import Bulletin
from libs.common.routing import Router
from libs.common.security import public

from ..actions import revocations

router = Router(
    tags=["internal"],
    dependencies=[public("on the internal listener only; ended ids open nothing")],
)


@router.get("/revocations", openapi_extra={"x-summary-ja": "失効情報の取得"})
async def list_revocations(
    request: Request,
    after: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    wait: Annotated[int, Query(ge=0, le=30)] = 0,
) -> Bulletin:
    """Hear what was revoked after a place, waiting for news up to `wait` seconds."""
    return await revocations.news(request.app.state.databases, after, wait)
