"""What endpoints hand to their acts: the desk, where the request came from, the real time."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from libs.common.addresses import client_address
from libs.common.problem_codes import CsrfRejected
from libs.common.security import CurrentCaller

from ..actions.acting import Acting
from ..actions.desk import Desk, Origin
from ..actions.sealing import KeyEncryptionKey
from ..settings import IdentitySettings

REFRESH_COOKIE = "__Host-rt"
SIGN_IN_COOKIE = "__Host-ltx"
DEVICE_COOKIE = "__Host-dv"
REISSUE_COOKIE = "__Host-rx"

_ASKED_BY = "web"


async def _desk(request: Request) -> Desk:
    # One hasher for the whole process: it is what bounds how much is hashed at once.
    state = request.app.state
    if not hasattr(state, "desk"):
        settings: IdentitySettings = state.settings
        kek = KeyEncryptionKey.read(settings.key_encryption_key.get_secret_value())
        state.desk = Desk(state.databases, settings.issuer, kek)
    desk: Desk = state.desk
    return desk


async def _origin(request: Request) -> Origin:
    settings: IdentitySettings = request.app.state.settings
    return Origin(
        client_address(request, settings.trusted_proxies),
        request.headers.get("user-agent", ""),
        request.cookies.get(DEVICE_COOKIE),
    )


async def _real_now() -> datetime:
    return datetime.now(UTC)


async def check_asked_by_our_pages(request: Request) -> None:
    """Let a browser's cookies count only where one of our own pages sends them.

    Raises: CsrfRejected.
    Source: security notes §3.6.
    """
    settings: IdentitySettings = request.app.state.settings
    origins = request.headers.getlist("origin")
    trusted = len(origins) == 1 and origins[0] in settings.trusted_origins
    if not trusted or request.headers.getlist("x-requested-by") != [_ASKED_BY]:
        raise CsrfRejected


def keep_cookie(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Give a browser a cookie that no script reads and no other site sends."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict"
    )


def drop_cookie(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="strict")


async def _acting(
    desk: Annotated[Desk, Depends(_desk)],
    caller: CurrentCaller,
    origin: Annotated[Origin, Depends(_origin)],
    now: Annotated[datetime, Depends(_real_now)],
) -> Acting:
    return Acting(desk, caller, origin, now)


TheDesk = Annotated[Desk, Depends(_desk)]
"""The desk people sign in at."""

Whence = Annotated[Origin, Depends(_origin)]
"""Where the request came from."""

Act = Annotated[Acting, Depends(_acting)]
"""Who acts, from where and when."""

RealNow = Annotated[datetime, Depends(_real_now)]
"""The real time, which proofs and sessions live by; the business clock never moves it."""
