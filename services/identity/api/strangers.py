"""Who asks before anybody knows them: their requests belong to the platform."""

from fastapi import Request

from libs.common.database import PLATFORM
from libs.common.tokens import Caller

_STRANGER = Caller(
    tenant=PLATFORM,
    subject="stranger",
    client_id="",
    sid="",
    role="",
    scopes=frozenset(),
    acr=None,
    auth_time=None,
)


async def as_stranger(request: Request) -> None:
    """Let a request without a token read and write what is the platform's."""
    request.state.caller = _STRANGER
