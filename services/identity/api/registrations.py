"""`/registrations`: a company asks to be registered (保険利用者登録); staff decide."""

from typing import Annotated, Literal

from fastapi import Depends, Header, Request, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.database import PLATFORM
from libs.common.etags import IfMatch, etag
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired, RateLimited
from libs.common.routing import Router, StaffTransaction, Transaction
from libs.common.security import public, requires
from libs.common.wire import Input, Instant, Output, PolicyholderCode, Text255

from .. import queries, tables
from ..actions import registrations
from ..errors import PolicyholderHasUsers, RegistrationDecided, RegistrationNotFound
from .desk import Act, RealNow, TheDesk, Whence
from .people import MailAddress, PersonName
from .strangers import as_stranger

RegistrationId = Annotated[str, Field(pattern="^registration_[0-9a-z]{26}$")]
Status = Literal["SUBMITTED", "ACCEPTED", "REJECTED"]


router = Router(
    tags=["registrations"],
    dependencies=[public("a company that is no policyholder yet"), Depends(as_stranger)],
)
staff_router = Router(tags=["registrations"], dependencies=[requires("ops:registrations:write")])


class RegistrationCreate(Input):
    """A company, and who will be its first administrator (管理者)."""

    name_ja: Text255
    name_en: Text255
    administrator_name: PersonName
    administrator_mail: MailAddress


class RegistrationSummary(Output):
    """A registration in a list."""

    registration_id: RegistrationId
    name_ja: str
    name_en: str
    status: Status
    received_at: Instant


class RegistrationPage(PageShape[RegistrationSummary]):
    """A page of registrations."""


class Registration(RegistrationSummary):
    """A company that asks to be registered (保険利用者登録), and what was decided."""

    policyholder_code: PolicyholderCode | None
    reason_ja: str | None
    reason_en: str | None
    decided_at: Instant | None
    version: int


class RegistrationReceived(Registration):
    """A registration just received; its token is shown this once, and shows its state later."""

    status_token: str | None


class RegistrationToDecide(Registration):
    """A registration as staff see it."""

    administrator_name: str
    administrator_mail: str


class Acceptance(Input):
    """Under which code the company is registered, and why."""

    policyholder_code: PolicyholderCode
    reason_ja: Text255
    reason_en: Text255


class Rejection(Input):
    """Why the company is not registered."""

    reason_ja: Text255
    reason_en: Text255


@router.post(
    "/registrations",
    status_code=201,
    responses=may_answer(RateLimited),
    openapi_extra={"x-summary-ja": "保険利用者登録の申請"},
)
async def create_registration(
    wish: RegistrationCreate,
    desk: TheDesk,
    origin: Whence,
    tx: Transaction,
    now: RealNow,
    request: Request,
    response: Response,
) -> RegistrationReceived:
    """Ask to be registered as a policyholder (保険利用者登録), with a first administrator."""
    await registrations.count_applications(desk, origin, now)
    row, token = await registrations.apply(tx, registrations.Application(**dict(wish)), now)
    request.state.shown_once = ("status_token",)
    response.headers["ETag"] = etag(row.version)
    response.headers["Location"] = f"/v1/registrations/{row.registration_id}"
    return RegistrationReceived(**Registration.model_validate(row).model_dump(), status_token=token)


@router.get(
    "/registrations/{registration_id}",
    responses=may_answer(RegistrationNotFound),
    openapi_extra={"x-summary-ja": "保険利用者登録の状況照会"},
)
async def get_registration(
    registration_id: RegistrationId,
    desk: TheDesk,
    response: Response,
    registration_token: Annotated[
        str, Header(max_length=100, description="`status_token` of the registration.")
    ] = "",
) -> Registration:
    """See how your registration stands, with the token you were given."""
    async with desk.databases.tenant(PLATFORM) as tx:
        row = await registrations.show(tx, registration_id, registration_token)
    response.headers["ETag"] = etag(row.version)
    return Registration.model_validate(row)


@staff_router.get("/registrations", openapi_extra={"x-summary-ja": "保険利用者登録申請の一覧"})
async def list_registrations(tx: StaffTransaction, paging: Paging) -> RegistrationPage:
    """List the registrations, decided or not."""
    by_id = tables.Registration.registration_id
    statement = ordered(queries.registrations(), None, {"registration_id": by_id}, by_id)
    return RegistrationPage.of(await paging.of(tx, statement), RegistrationSummary.model_validate)


@staff_router.get(
    "/registrations/{registration_id}",
    responses=may_answer(RegistrationNotFound),
    openapi_extra={"x-summary-ja": "保険利用者登録申請の照会"},
)
async def get_registration_to_decide(
    registration_id: RegistrationId, tx: StaffTransaction, response: Response
) -> RegistrationToDecide:
    """Read a registration, to decide on it."""
    return _shown(await queries.registration(tx, registration_id), response)


@staff_router.post(
    "/registrations/{registration_id}/accept",
    responses=may_answer(
        RegistrationNotFound,
        RegistrationDecided,
        PolicyholderHasUsers,
        PreconditionRequired,
        PreconditionFailed,
    ),
    openapi_extra={"x-summary-ja": "保険利用者登録の承認"},
)
async def accept_registration(
    registration_id: RegistrationId,
    wish: Acceptance,
    acting: Act,
    tx: StaffTransaction,
    seen_version: IfMatch,
) -> RegistrationToDecide:
    """Register the company; its first administrator gets an activation code by mail."""
    decision = registrations.Decision(**dict(wish))
    row = await registrations.accept(tx, acting, registration_id, decision, seen_version)
    return RegistrationToDecide.model_validate(row)


@staff_router.post(
    "/registrations/{registration_id}/reject",
    responses=may_answer(
        RegistrationNotFound, RegistrationDecided, PreconditionRequired, PreconditionFailed
    ),
    openapi_extra={"x-summary-ja": "保険利用者登録の却下"},
)
async def reject_registration(
    registration_id: RegistrationId,
    wish: Rejection,
    acting: Act,
    tx: StaffTransaction,
    seen_version: IfMatch,
) -> RegistrationToDecide:
    """Refuse to register the company, for a reason it can read."""
    decision = registrations.Decision(None, wish.reason_ja, wish.reason_en)
    row = await registrations.reject(tx, acting, registration_id, decision, seen_version)
    return RegistrationToDecide.model_validate(row)


def _shown(row: tables.Registration, response: Response) -> RegistrationToDecide:
    response.headers["ETag"] = etag(row.version)
    return RegistrationToDecide.model_validate(row)
