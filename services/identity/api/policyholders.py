"""`/policyholder`: one's own company (保険利用者); staff register them."""

from typing import Annotated, Self

from fastapi import Body, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.etags import IfMatch, IfMatchWhenItExists, etag
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired, StepUpRequired
from libs.common.routing import Reading, Router, StaffTransaction, Transaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import Input, Instant, Output, PolicyholderCode, Text255

from .. import queries, tables
from ..actions import policyholders
from ..actions.history import Deed
from ..errors import PolicyholderNotFound
from .desk import Act

router = Router(tags=["policyholder"], dependencies=[requires("policyholder:read")])
staff_router = Router(tags=["policyholders"], dependencies=[requires("ops:policyholders:write")])


PhoneNumber = Annotated[str, Field(pattern=r"^\+?[0-9-]{6,20}$", examples=["03-1234-5678"])]


class PolicyholderEntry(Input):
    """A policyholder's record as staff enter it."""

    name_ja: Text255
    name_en: Text255
    short_name_ja: Text255 | None = None
    active: bool = True


class PolicyholderUpdate(Input):
    """What a policyholder changes of its own data; `null` clears."""

    short_name_ja: Text255 | None = None
    address_ja: Text255 | None = None
    phone_number: PhoneNumber | None = None


class Policyholder(Output):
    """A company that insures its trade (保険利用者)."""

    policyholder_code: PolicyholderCode
    name_ja: str
    name_en: str
    short_name_ja: str | None
    address_ja: str | None
    phone_number: str | None
    active: bool
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, row: tables.Policyholder) -> Self:
        """Show a policyholder."""
        return cls(
            policyholder_code=row.tenant,
            name_ja=row.name_ja,
            name_en=row.name_en,
            short_name_ja=row.short_name_ja,
            address_ja=row.address_ja,
            phone_number=row.phone_number,
            active=row.active,
            updated_at=row.updated_at,
            version=row.version,
        )


@router.get(
    "/policyholder",
    responses=may_answer(PolicyholderNotFound),
    openapi_extra={"x-summary-ja": "自社情報の照会"},
)
async def get_policyholder(tx: Reading, caller: CurrentCaller, response: Response) -> Policyholder:
    """Read your own company's record (保険利用者情報)."""
    row = await queries.policyholder(tx, caller.tenant)
    response.headers["ETag"] = etag(row.version)
    return Policyholder.of(row)


@router.patch(
    "/policyholder",
    dependencies=[requires("policyholder:write")],
    responses=may_answer(
        PolicyholderNotFound, PreconditionRequired, PreconditionFailed, StepUpRequired
    ),
    openapi_extra={"x-summary-ja": "自社情報の変更"},
)
async def update_policyholder(
    wish: Annotated[PolicyholderUpdate, Body(media_type="application/merge-patch+json")],
    acting: Act,
    tx: Transaction,
    seen_version: IfMatch,
    response: Response,
) -> Policyholder:
    """Change your own company's data (保険利用者情報変更); names and code are the register's."""
    changes = {name: getattr(wish, name) for name in wish.model_fields_set}
    row = await policyholders.change_policyholder(tx, acting, changes, seen_version)
    response.headers["ETag"] = etag(row.version)
    return Policyholder.of(row)


@staff_router.put(
    "/policyholders/{policyholder_code}",
    responses=may_answer(PreconditionRequired, PreconditionFailed),
    openapi_extra={"x-summary-ja": "保険利用者の登録・変更"},
)
async def replace_policyholder(
    policyholder_code: PolicyholderCode,
    entry: PolicyholderEntry,
    tx: StaffTransaction,
    acting: Act,
    seen_version: IfMatchWhenItExists,
    now: Now,
    response: Response,
) -> Policyholder:
    """Register a policyholder, or replace its record (保険利用者登録・変更)."""
    record = policyholders.PolicyholderRecord(policyholder_code, **dict(entry))
    row, is_new = await policyholders.enter_policyholder(tx, record, seen_version, now)
    # In the platform's history: a company that has just been entered has nobody to read its own.
    await acting.note(tx, Deed("policyholder.enter", target=policyholder_code))
    response.status_code = 201 if is_new else 200
    response.headers["ETag"] = etag(row.version)
    return Policyholder.of(row)
