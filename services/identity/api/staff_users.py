"""`/users` for staff: an administrator who has lost telephone and recovery codes."""

from fastapi import Response

from libs.common.answers import may_answer
from libs.common.etags import IfMatch
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired, RateLimited
from libs.common.routing import Router, StaffTransaction
from libs.common.security import requires

from .. import queries
from ..actions import users
from ..actions.history import Deed
from ..errors import UserDisabled, UserNotFound
from .desk import Act
from .people import LoginId
from .users import User, shown

staff_router = Router(tags=["users"], dependencies=[requires("ops:users:write")])


@staff_router.get(
    "/users/{login_id}",
    responses=may_answer(UserNotFound),
    openapi_extra={"x-summary-ja": "利用者の照会(運営)"},
)
async def get_user_for_policyholder(
    login_id: LoginId, tx: StaffTransaction, response: Response
) -> User:
    """Read the user who says to have this login id, to make sure of them."""
    user_id = await users.act_for_owner(tx, login_id)
    return shown(await queries.user(tx, user_id), response)


@staff_router.post(
    "/users/{login_id}/reset-otp",
    responses=may_answer(
        UserNotFound, UserDisabled, RateLimited, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "ワンタイムパスワード初期化(運営)"},
)
async def reset_user_otp_for_policyholder(
    login_id: LoginId, acting: Act, tx: StaffTransaction, seen_version: IfMatch, response: Response
) -> User:
    """Forget the lost telephone of who has nobody else to help; a code goes to their mail."""
    user_id = await users.act_for_owner(tx, login_id)
    user = await users.find_for_change(tx, user_id, seen_version)
    await users.reset_otp_for(tx, acting, user)
    await acting.note(tx, Deed("user.reset-otp", target=user_id))
    return shown(user, response)
