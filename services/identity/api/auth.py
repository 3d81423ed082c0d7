"""`/auth`: renewing and ending a session, proving oneself anew, a forgotten password."""

from datetime import timedelta
from secrets import token_urlsafe

from fastapi import Request, Response

from libs.common.answers import may_answer
from libs.common.problem_codes import (
    AuthenticationFailed,
    CsrfRejected,
    RateLimited,
    RefreshInProgress,
    RefreshRejected,
)
from libs.common.routing import Router
from libs.common.security import intent, requires

from ..actions import reissues, sessions
from ..actions.own_account import prove
from ..domain.sessions import LONGEST
from .auth_shapes import FOR_BROWSERS, ReissueCompletion, ReissueWish, StepUp, UserAccessToken
from .desk import (
    REFRESH_COOKIE,
    REISSUE_COOKIE,
    Act,
    TheDesk,
    Whence,
    drop_cookie,
    keep_cookie,
)
from .login import WEAK_PASSWORDS

router = Router(tags=["auth"], dependencies=FOR_BROWSERS)
proving_router = Router(tags=["auth"], dependencies=[requires("profile:write")])

_REFUSALS = may_answer(AuthenticationFailed, CsrfRejected, RateLimited)
_REISSUE_SECONDS = int(timedelta(minutes=10).total_seconds())


@router.post(
    "/auth/refresh",
    responses=may_answer(RefreshRejected, RefreshInProgress, CsrfRejected),
    openapi_extra={"x-summary-ja": "セッションの更新"},
)
async def refresh_session(
    desk: TheDesk, origin: Whence, request: Request, response: Response
) -> UserAccessToken:
    """Renew the session: a new access token, and a new cookie in the old one's place."""
    cookie = request.cookies.get(REFRESH_COOKIE, "")
    tokens = await sessions.refresh(desk, cookie, origin)
    keep_cookie(response, REFRESH_COOKIE, tokens.refresh, int(LONGEST.total_seconds()))
    return UserAccessToken.of(tokens.access, tokens.scopes)


@router.post(
    "/auth/logout",
    status_code=204,
    responses=may_answer(CsrfRejected),
    openapi_extra={"x-summary-ja": "ログアウト"},
)
async def log_out(desk: TheDesk, origin: Whence, request: Request, response: Response) -> None:
    """End the session (ログアウト); its tokens stop within seconds."""
    await sessions.sign_out(desk.databases, request.cookies.get(REFRESH_COOKIE, ""), origin)
    drop_cookie(response, REFRESH_COOKIE)


@router.post(
    "/auth/password-reissues",
    status_code=202,
    response_class=Response,
    responses=may_answer(CsrfRejected),
    openapi_extra={"x-summary-ja": "パスワード再発行の申請"},
)
async def create_password_reissue(
    wish: ReissueWish, desk: TheDesk, origin: Whence, response: Response
) -> None:
    """Ask for a reissue code (パスワード再発行); whether there is such an account is not told."""
    browser = token_urlsafe(32)
    await reissues.request_code(desk, wish.login_id, browser, origin)
    keep_cookie(response, REISSUE_COOKIE, browser, _REISSUE_SECONDS)


@router.post(
    "/auth/password-reissues/complete",
    status_code=204,
    responses=_REFUSALS | may_answer(*WEAK_PASSWORDS),
    openapi_extra={"x-summary-ja": "パスワード再発行の完了"},
)
async def complete_password_reissue(
    wish: ReissueCompletion, desk: TheDesk, origin: Whence, request: Request, response: Response
) -> None:
    """Choose a new password with the mailed code and a second factor; every session ends."""
    recovery_code = wish.recovery_code
    completion = reissues.Completion(
        login_id=wish.login_id,
        code=wish.reissue_code.get_secret_value(),
        otp=wish.otp,
        recovery_code=recovery_code.get_secret_value() if recovery_code else None,
        new_password=wish.new_password.get_secret_value(),
    )
    browser = request.cookies.get(REISSUE_COOKIE, "")
    await reissues.complete(desk, completion, browser, origin)
    drop_cookie(response, REISSUE_COOKIE)


@proving_router.post(
    "/auth/step-up",
    responses=may_answer(AuthenticationFailed, RateLimited),
    openapi_extra={"x-summary-ja": "再認証"},
)
async def step_up(wish: StepUp, acting: Act) -> UserAccessToken:
    """Prove yourself anew (再認証), for acts that ask for it in the next five minutes."""
    named = wish.intent
    meant = intent(named.method, named.path, named.body_sha256) if named else None
    token, scopes = await prove(acting, wish.password.get_secret_value(), wish.otp, meant)
    return UserAccessToken.of(token, scopes)
