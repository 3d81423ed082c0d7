"""`/users`: the people who act for a policyholder (Web利用者), looked after by administrators."""

from typing import Annotated, Literal

from fastapi import Body, Response
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.answers import may_answer
from libs.common.etags import IfMatch, etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import (
    LastAdministrator,
    PreconditionFailed,
    PreconditionRequired,
    RateLimited,
    StepUpRequired,
)
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import requires
from libs.common.wire import Input, Instant, Output

from .. import queries, tables
from ..actions import users
from ..actions.acting import Acting
from ..actions.activation import send_code
from ..actions.history import Deed
from ..errors import NotOneself, UserDisabled, UserEnabled, UserIsAdministrator, UserNotFound
from .desk import Act
from .people import LoginId, MailAddress, PersonName, UserId

router = Router(tags=["users"], dependencies=[requires("users:read")])
may_write = requires("users:write")

_SEEN = (UserNotFound, PreconditionRequired, PreconditionFailed, StepUpRequired)


class UserCreate(Input):
    """A new applicant (申込者); nobody chooses a password for another."""

    name: PersonName
    mail: MailAddress


class UserUpdate(Input):
    """What changes of a user: an applicant's data, or an administrator's role."""

    name: PersonName | None = None
    mail: MailAddress | None = None
    role: Literal["APPLICANT"] | None = None


class OtpSetting(Input):
    """Whether an applicant signs in with a one-time password (ワンタイムパスワード使用設定)."""

    required: bool


class UserSummary(Output):
    """A user in a list."""

    user_id: UserId
    login_id: LoginId
    name: str
    role: Literal["ADMINISTRATOR", "APPLICANT"]
    status: Literal["ACTIVE", "DISABLED"]
    otp_required: bool
    updated_at: Instant


class UserPage(PageShape[UserSummary]):
    """A page of users."""


class User(UserSummary):
    """A person who acts for a policyholder (Web利用者)."""

    mail: str
    created_at: Instant
    version: int


@router.get("/users", openapi_extra={"x-summary-ja": "利用者の一覧"})
async def list_users(tx: Reading, paging: Paging) -> UserPage:
    """List your company's users, the disabled ones too."""
    by_id = tables.User.user_id
    statement = ordered(queries.users(), None, {"user_id": by_id}, by_id)
    return UserPage.of(await paging.of(tx, statement), UserSummary.model_validate)


@router.get(
    "/users/{user_id}",
    responses=may_answer(UserNotFound),
    openapi_extra={"x-summary-ja": "利用者の照会"},
)
async def get_user(user_id: UserId, tx: Reading, response: Response) -> User:
    """Read one user."""
    return shown(await queries.user(tx, user_id), response)


@router.post(
    "/users",
    status_code=201,
    dependencies=[may_write],
    responses=may_answer(StepUpRequired),
    openapi_extra={"x-summary-ja": "申込者の登録"},
)
async def create_user(wish: UserCreate, acting: Act, tx: Transaction, response: Response) -> User:
    """Register an applicant (申込者登録); an activation code goes to their mail."""
    applicant = users.NewUser(wish.name, wish.mail, queries.APPLICANT)
    user = await users.create_user(tx, applicant, acting.now)
    await send_code(tx, acting.desk.kek, user, acting.now)
    await acting.note(tx, Deed("user.create", target=user.user_id))
    response.headers["Location"] = f"/v1/users/{user.user_id}"
    return shown(user, response)


@router.patch(
    "/users/{user_id}",
    dependencies=[may_write],
    responses=may_answer(*_SEEN, UserIsAdministrator, LastAdministrator),
    openapi_extra={"x-summary-ja": "利用者の変更"},
)
async def update_user(
    user_id: UserId,
    wish: Annotated[UserUpdate, Body(media_type="application/merge-patch+json")],
    acting: Act,
    tx: Transaction,
    seen_version: IfMatch,
    response: Response,
) -> User:
    """Change an applicant's data (申込者変更), or make an administrator an applicant."""
    user = await users.find_for_change(tx, user_id, seen_version)
    await users.change_user(tx, acting, user, users.Change(**dict(wish)))
    changed = acting.hashed(**dict(wish))
    await acting.note(tx, Deed("user.change", target=user.user_id, changed=changed))
    return shown(user, response)


@router.post(
    "/users/{user_id}/disable",
    dependencies=[may_write],
    responses=may_answer(*_SEEN, UserDisabled, LastAdministrator),
    openapi_extra={"x-summary-ja": "利用者の利用停止"},
)
async def disable_user(
    user_id: UserId, acting: Act, tx: Transaction, seen_version: IfMatch, response: Response
) -> User:
    """Disable a user (利用停止); whatever they hold stops within seconds."""
    user = await users.find_for_change(tx, user_id, seen_version)
    await users.disable_user(tx, acting, user)
    return await _done(tx, acting, user, "user.disable", response)


@router.post(
    "/users/{user_id}/enable",
    dependencies=[may_write],
    responses=may_answer(*_SEEN, UserEnabled),
    openapi_extra={"x-summary-ja": "利用者の利用再開"},
)
async def enable_user(
    user_id: UserId, acting: Act, tx: Transaction, seen_version: IfMatch, response: Response
) -> User:
    """Let a disabled user in again."""
    user = await users.find_for_change(tx, user_id, seen_version)
    await users.enable_user(tx, acting, user)
    return await _done(tx, acting, user, "user.enable", response)


@router.post(
    "/users/{user_id}/reset-password",
    dependencies=[may_write],
    responses=may_answer(*_SEEN, UserIsAdministrator, UserDisabled, NotOneself, RateLimited),
    openapi_extra={"x-summary-ja": "申込者のパスワード初期化"},
)
async def reset_user_password(
    user_id: UserId, acting: Act, tx: Transaction, seen_version: IfMatch, response: Response
) -> User:
    """Reset an applicant's password (パスワード初期化); a code goes to their mail, not to you."""
    user = await users.find_for_change(tx, user_id, seen_version)
    await users.reset_password(tx, acting, user)
    return await _done(tx, acting, user, "user.reset-password", response)


@router.post(
    "/users/{user_id}/reset-otp",
    dependencies=[may_write],
    responses=may_answer(*_SEEN, UserIsAdministrator, UserDisabled, NotOneself, RateLimited),
    openapi_extra={"x-summary-ja": "申込者のワンタイムパスワード初期化"},
)
async def reset_user_otp(
    user_id: UserId, acting: Act, tx: Transaction, seen_version: IfMatch, response: Response
) -> User:
    """Forget an applicant's lost telephone; enrolling anew needs a code from their mail."""
    user = await users.find_for_change(tx, user_id, seen_version)
    await users.reset_otp(tx, acting, user)
    return await _done(tx, acting, user, "user.reset-otp", response)


@router.put(
    "/users/{user_id}/otp",
    dependencies=[may_write],
    responses=may_answer(*_SEEN, UserIsAdministrator, UserDisabled, NotOneself),
    openapi_extra={"x-summary-ja": "ワンタイムパスワード使用設定"},
)
async def replace_user_otp(
    user_id: UserId,
    wish: OtpSetting,
    acting: Act,
    tx: Transaction,
    seen_version: IfMatch,
    response: Response,
) -> User:
    """Switch an applicant's one-time password on or off (ワンタイムパスワード使用設定)."""
    user = await users.find_for_change(tx, user_id, seen_version)
    await users.switch_otp(tx, acting, user, required=wish.required)
    return await _done(tx, acting, user, "user.otp", response)


async def _done(
    tx: AsyncSession, acting: Acting, user: tables.User, action: str, response: Response
) -> User:
    """Note what was done to a user, and show them."""
    await acting.note(tx, Deed(action, target=user.user_id))
    return shown(user, response)


def shown(user: tables.User, response: Response) -> User:
    """Show a user with their version."""
    response.headers["ETag"] = etag(user.version)
    return User.model_validate(user)
