"""`/me`: one's own data, password and one-time password."""

from typing import Annotated

from fastapi import Body, Request, Response

from libs.common.answers import may_answer
from libs.common.etags import IfMatch
from libs.common.problem_codes import (
    AuthenticationFailed,
    PreconditionFailed,
    PreconditionRequired,
    RateLimited,
    StepUpRequired,
)
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import Input, Output

from .. import queries
from ..actions import own_account
from ..actions.codes import recovery_codes_left
from ..errors import NothingToConfirm, UserNotFound
from .desk import Act
from .login import WEAK_PASSWORDS
from .people import MailAddress, OneTimePassword, Password, PersonName
from .qr import svg_of
from .users import User, shown

router = Router(tags=["me"], dependencies=[requires("profile:read")])
otp_router = Router(tags=["me"], dependencies=[requires("otp:write")])
may_write = requires("profile:write")


class ProfileUpdate(Input):
    """What changes of one's own data; a new mail address needs a step-up.

    Who signs in without a one-time password gives the current password instead.
    """

    name: PersonName | None = None
    mail: MailAddress | None = None
    current_password: Password | None = None


class PasswordChange(Input):
    """The current password, the one-time password if on, and the new password."""

    current_password: Password
    otp: OneTimePassword | None = None
    new_password: Password


class OtpState(Output):
    """How one's one-time password stands (ワンタイムパスワード)."""

    required: bool
    enrolled: bool
    pending: bool
    recovery_codes_left: int


class OtpEnrolment(Output):
    """A new one-time password, shown this once; it counts when it is confirmed."""

    otpauth_uri: str | None
    qr_svg: str | None


class OtpConfirmation(Input):
    """What the telephone now shows."""

    otp: OneTimePassword


class RecoveryCodes(Output):
    """Ten codes for the day the telephone is lost, shown this once (リカバリーコード)."""

    recovery_codes: list[str] | None


@router.get(
    "/me", responses=may_answer(UserNotFound), openapi_extra={"x-summary-ja": "自身の情報の照会"}
)
async def get_me(tx: Reading, caller: CurrentCaller, response: Response) -> User:
    """Read your own data (利用者情報)."""
    return shown(await queries.user(tx, caller.subject), response)


@router.patch(
    "/me",
    dependencies=[may_write],
    responses=may_answer(
        UserNotFound,
        PreconditionRequired,
        PreconditionFailed,
        StepUpRequired,
        AuthenticationFailed,
    ),
    openapi_extra={"x-summary-ja": "自身の情報の変更"},
)
async def update_me(
    wish: Annotated[ProfileUpdate, Body(media_type="application/merge-patch+json")],
    acting: Act,
    seen_version: IfMatch,
    response: Response,
) -> User:
    """Change your own name or mail address; a new address ends your sessions."""
    password = wish.current_password
    change = own_account.Profile(
        wish.name, wish.mail, password.get_secret_value() if password else None
    )
    return shown(await own_account.change_profile(acting, change, seen_version), response)


@router.put(
    "/me/password",
    status_code=204,
    dependencies=[may_write],
    responses=may_answer(AuthenticationFailed, RateLimited, *WEAK_PASSWORDS),
    openapi_extra={"x-summary-ja": "パスワードの変更"},
)
async def replace_my_password(wish: PasswordChange, acting: Act) -> None:
    """Change your own password (パスワード変更); every session ends, this one too."""
    change = own_account.NewPassword(
        wish.current_password.get_secret_value(), wish.otp, wish.new_password.get_secret_value()
    )
    await own_account.change_password(acting, change)


@router.get(
    "/me/otp",
    responses=may_answer(UserNotFound),
    openapi_extra={"x-summary-ja": "ワンタイムパスワードの状態"},
)
async def get_my_otp(tx: Reading, caller: CurrentCaller) -> OtpState:
    """See how your one-time password stands."""
    user = await queries.user(tx, caller.subject)
    return OtpState(
        required=user.otp_required,
        enrolled=user.sealed_otp_secret is not None,
        pending=user.sealed_pending_secret is not None,
        recovery_codes_left=await recovery_codes_left(tx, user.user_id),
    )


@otp_router.post(
    "/me/otp",
    status_code=201,
    responses=may_answer(UserNotFound, StepUpRequired),
    openapi_extra={"x-summary-ja": "ワンタイムパスワードの登録開始"},
)
async def create_my_otp(acting: Act, tx: Transaction, request: Request) -> OtpEnrolment:
    """Begin to enrol another telephone; until it is confirmed the old one counts."""
    uri = await own_account.begin_enrolment(tx, acting)
    request.state.shown_once = ("otpauth_uri", "qr_svg")
    return OtpEnrolment(otpauth_uri=uri, qr_svg=svg_of(uri))


@otp_router.delete(
    "/me/otp",
    status_code=204,
    responses=may_answer(UserNotFound, StepUpRequired),
    openapi_extra={"x-summary-ja": "ワンタイムパスワード登録の取りやめ"},
)
async def delete_my_otp(acting: Act, tx: Transaction) -> None:
    """Give up an enrolment that is not confirmed; the one in force stays."""
    await own_account.discard_enrolment(tx, acting)


@otp_router.post(
    "/me/otp/confirm",
    responses=may_answer(
        UserNotFound, StepUpRequired, NothingToConfirm, AuthenticationFailed, RateLimited
    ),
    openapi_extra={"x-summary-ja": "ワンタイムパスワード登録の確認"},
)
async def confirm_my_otp(wish: OtpConfirmation, acting: Act) -> RecoveryCodes:
    """Put the new telephone in the old one's place; sessions end, and codes are made anew."""
    return RecoveryCodes(recovery_codes=await own_account.confirm_enrolment(acting, wish.otp))


@otp_router.post(
    "/me/recovery-codes",
    status_code=201,
    responses=may_answer(UserNotFound, StepUpRequired),
    openapi_extra={"x-summary-ja": "リカバリーコードの再発行"},
)
async def create_my_recovery_codes(acting: Act, tx: Transaction, request: Request) -> RecoveryCodes:
    """Make ten new recovery codes; the earlier ones end."""
    made = await own_account.renew_recovery_codes(tx, acting)
    request.state.shown_once = ("recovery_codes",)
    return RecoveryCodes(recovery_codes=made)
