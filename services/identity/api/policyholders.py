"""`/policyholder`: one's own company (保険利用者); staff register them."""

from typing import Self

from fastapi import Response

from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.etags import IfMatchWhenItExists, etag
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, StaffTransaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import Input, Instant, Output, PolicyholderCode, Text255

from .. import queries, tables
from ..actions import policyholders
from ..errors import PolicyholderNotFound

router = Router(tags=["policyholder"], dependencies=[requires("policyholder:read")])
staff_router = Router(tags=["policyholders"], dependencies=[requires("ops:policyholders:write")])


class PolicyholderEntry(Input):
    """A policyholder's record as staff enter it."""

    name_ja: Text255
    name_en: Text255
    short_name_ja: Text255 | None = None
    active: bool = True


class Policyholder(Output):
    """A company that insures its trade (保険利用者)."""

    policyholder_code: PolicyholderCode
    name_ja: str
    name_en: str
    short_name_ja: str | None
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


@staff_router.put(
    "/policyholders/{policyholder_code}",
    responses=may_answer(PreconditionRequired, PreconditionFailed),
    openapi_extra={"x-summary-ja": "保険利用者の登録・変更"},
)
async def replace_policyholder(
    policyholder_code: PolicyholderCode,
    entry: PolicyholderEntry,
    tx: StaffTransaction,
    seen_version: IfMatchWhenItExists,
    now: Now,
    response: Response,
) -> Policyholder:
    """Register a policyholder, or replace its record (保険利用者登録・変更)."""
    record = policyholders.PolicyholderRecord(policyholder_code, **dict(entry))
    row, is_new = await policyholders.enter_policyholder(tx, record, seen_version, now)
    response.status_code = 201 if is_new else 200
    response.headers["ETag"] = etag(row.version)
    return Policyholder.of(row)
