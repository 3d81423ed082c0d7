"""`/auth/login`: signing in, step by step, with a browser and its cookies."""

from typing import Literal

from fastapi import Request, Response

from libs.common.answers import may_answer
from libs.common.problem_codes import AuthenticationFailed, CsrfRejected, RateLimited
from libs.common.routing import Router

from ..actions import activation, sign_in, sign_in_steps
from ..actions.devices import LIFE as DEVICE_LIFE
from ..actions.sessions import LIFE_SECONDS
from ..domain.sessions import LONGEST
from ..domain.sign_in import LIFE, Step
from ..errors import (
    PasswordNamesItsOwner,
    PasswordRepeats,
    PasswordTooCommon,
    PasswordTooShort,
    PasswordUnchanged,
)
from .auth_shapes import (
    FOR_BROWSERS,
    Activation,
    Enrolment,
    Login,
    LoginAnswer,
    NextStep,
    PasswordChoice,
    SecondFactor,
    SignedIn,
)
from .desk import (
    DEVICE_COOKIE,
    REFRESH_COOKIE,
    SIGN_IN_COOKIE,
    TheDesk,
    Whence,
    drop_cookie,
    keep_cookie,
)
from .qr import svg_of

router = Router(tags=["auth"], dependencies=FOR_BROWSERS)

WEAK_PASSWORDS = (
    PasswordTooShort,
    PasswordTooCommon,
    PasswordNamesItsOwner,
    PasswordRepeats,
    PasswordUnchanged,
)
"""Why a new password may be refused."""

_REFUSALS = may_answer(AuthenticationFailed, CsrfRejected, RateLimited)
_NEXT: dict[Step, Literal["otp", "activation", "password", "enrolment"]] = {
    Step.OTP: "otp",
    Step.ACTIVATION: "activation",
    Step.PASSWORD: "password",
    Step.ENROLMENT: "enrolment",
}


@router.post(
    "/auth/login", responses=_REFUSALS, openapi_extra={"x-summary-ja": "ログイン(パスワード)"}
)
async def log_in(wish: Login, desk: TheDesk, origin: Whence, response: Response) -> LoginAnswer:
    """Sign in by password (ログイン); says what comes next, or that you are in."""
    done = await sign_in.begin(desk, wish.login_id, wish.password.get_secret_value(), origin)
    return _told(done, response)


@router.post(
    "/auth/login/otp",
    responses=_REFUSALS,
    openapi_extra={"x-summary-ja": "ログイン(ワンタイムパスワード)"},
)
async def log_in_with_otp(
    wish: SecondFactor, desk: TheDesk, origin: Whence, request: Request, response: Response
) -> SignedIn:
    """Bring a one-time password: to sign in, or to confirm a new enrolment."""
    handle = _handle(request)
    if wish.recovery_code is not None:
        code = wish.recovery_code.get_secret_value()
        done = await sign_in_steps.bring_recovery_code(desk, handle, code, origin)
    else:
        done = await sign_in_steps.bring_otp(desk, handle, wish.otp or "", origin)
    return _signed_in(done, response)


@router.post(
    "/auth/login/activation",
    responses=_REFUSALS,
    openapi_extra={"x-summary-ja": "ログイン(利用開始コード)"},
)
async def log_in_with_activation_code(
    wish: Activation, desk: TheDesk, origin: Whence, request: Request, response: Response
) -> NextStep:
    """Bring the activation code from your mail (利用開始コード)."""
    handle = request.cookies.get(SIGN_IN_COOKIE)
    code = wish.activation_code.get_secret_value()
    waits = await activation.activate(desk, wish.login_id, code, handle, origin)
    return _waiting(waits, response)


@router.post(
    "/auth/login/password",
    responses=_REFUSALS | may_answer(*WEAK_PASSWORDS),
    openapi_extra={"x-summary-ja": "ログイン(パスワードの設定)"},
)
async def log_in_with_new_password(
    wish: PasswordChoice, desk: TheDesk, origin: Whence, request: Request, response: Response
) -> LoginAnswer:
    """Choose your own password, after an activation code."""
    password = wish.new_password.get_secret_value()
    done = await sign_in_steps.choose_password(desk, _handle(request), password, origin)
    return _told(done, response)


@router.post(
    "/auth/login/enrolment",
    responses=_REFUSALS,
    openapi_extra={"x-summary-ja": "ログイン(ワンタイムパスワードの登録)"},
)
async def log_in_with_enrolment(desk: TheDesk, origin: Whence, request: Request) -> Enrolment:
    """Enrol a one-time password on your telephone; the next one it shows confirms it."""
    uri = await sign_in_steps.enrol(desk, _handle(request), origin)
    return Enrolment(next="confirmation", otpauth_uri=uri, qr_svg=svg_of(uri))


def _handle(request: Request) -> str:
    return request.cookies.get(SIGN_IN_COOKIE, "")


def _told(done: sign_in.Waits | sign_in.SignedIn, response: Response) -> NextStep | SignedIn:
    if isinstance(done, sign_in.Waits):
        return _waiting(done, response)
    return _signed_in(done, response)


def _waiting(waits: sign_in.Waits, response: Response) -> NextStep:
    keep_cookie(response, SIGN_IN_COOKIE, waits.handle, int(LIFE.total_seconds()))
    return NextStep(next=_NEXT[waits.step])


def _signed_in(done: sign_in.SignedIn, response: Response) -> SignedIn:
    drop_cookie(response, SIGN_IN_COOKIE)
    keep_cookie(response, REFRESH_COOKIE, done.tokens.refresh, int(LONGEST.total_seconds()))
    keep_cookie(response, DEVICE_COOKIE, done.device, int(DEVICE_LIFE.total_seconds()))
    return SignedIn(
        next="done",
        access_token=done.tokens.access,
        token_type="Bearer",  # noqa: S106 (the name of a scheme)
        expires_in=LIFE_SECONDS,
        scope=" ".join(done.tokens.scopes),
        recovery_codes=done.recovery_codes,
    )
