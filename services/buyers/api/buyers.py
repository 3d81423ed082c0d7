"""`/buyers`: look up overseas buyers (海外商社); staff enter them."""

from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.cells import Column
from libs.common.clock import Now
from libs.common.downloads import Download
from libs.common.errors import ExportTooLarge
from libs.common.etags import IfMatchWhenItExists, etag
from libs.common.exports import Export, as_files, check_size, rows_of
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, StaffTransaction
from libs.common.security import CurrentCaller, requires
from libs.common.wire import (
    BusinessDate,
    BuyerCode,
    CountryCode,
    Input,
    Instant,
    Output,
    Text255,
)

from .. import queries, tables
from ..actions import register
from ..domain.rating import Rating
from ..errors import BuyerNotFound

router = Router(tags=["buyers"], dependencies=[requires("buyers:read")])
staff_router = Router(tags=["buyers"], dependencies=[requires("ops:buyers:write")])

COLUMNS = (
    Column("buyer_code", "code"),
    Column("name", "text"),
    Column("country", "code"),
    Column("country_code", "code"),
    Column("kind", "code"),
    Column("rating", "code"),
)
SORTS = {
    "buyer_code": tables.Buyer.buyer_code,
    "name": tables.Buyer.name,
    "updated_at": tables.Buyer.updated_at,
}


class BuyerSummary(Output):
    """A buyer in a list."""

    buyer_code: BuyerCode
    name: str
    country: CountryCode
    kind: Literal["BUYER", "BANK"]
    rating: str | None
    active: bool
    sample: bool
    updated_at: Instant


class BuyerPage(PageShape[BuyerSummary]):
    """A page of buyers."""


class RegisteredBuyer(BuyerSummary):
    """A buyer's whole record in the register (海外商社)."""

    country_code: str
    version: int


class Buyer(RegisteredBuyer):
    """A buyer as a policyholder sees it: the record, and its own use of it."""

    last_used_on: BusinessDate | None


class BuyerEntry(Input):
    """A buyer's record as staff enter it."""

    name: Text255
    country: CountryCode
    country_code: Annotated[str, Field(pattern="^[0-9]{3}$")]
    kind: Literal["BUYER", "BANK"]
    # Strict input would want a member of the enum, which JSON does not have.
    rating: Annotated[Rating, Field(strict=False)] | None = None
    active: bool = True
    sample: bool = False


async def _wanted(
    q: Annotated[str | None, Query(max_length=100, description="Part of the name.")] = None,
    buyer_code: Annotated[list[BuyerCode], Query(max_length=100)] = [],  # noqa: B006
    country: Annotated[list[CountryCode], Query(max_length=100)] = [],  # noqa: B006
    rating: Annotated[list[Rating], Query(max_length=20)] = [],  # noqa: B006
) -> queries.BuyerFilter:
    return queries.BuyerFilter(q, buyer_code, country, rating)


Wanted = Annotated[queries.BuyerFilter, Depends(_wanted)]


@router.get("/buyers", openapi_extra={"x-summary-ja": "海外商社の一覧・検索"})
async def list_buyers(
    tx: Reading, paging: Paging, wanted: Wanted, sort: str | None = None
) -> BuyerPage:
    """Search the buyer register (海外商社名簿); `q` ignores width, case and kana."""
    statement = ordered(queries.buyers(wanted), sort, SORTS, tables.Buyer.buyer_code)
    return BuyerPage.of(await paging.of(tx, statement), BuyerSummary.model_validate)


@router.get(
    "/buyers/export",
    response_class=Response,
    responses=as_files() | may_answer(ExportTooLarge),
    openapi_extra={"x-summary-ja": "海外商社のデータ出力"},
)
async def export_buyers(
    tx: Reading, caller: CurrentCaller, wanted: Wanted, export: Export, request: Request
) -> Download:
    """Take the register, or the part that fits the filters, as a file (データ出力)."""
    listed = queries.buyers(wanted).order_by(tables.Buyer.buyer_code)
    query = listed.with_only_columns(*(getattr(tables.Buyer, it.name) for it in COLUMNS))
    await check_size(tx, query)
    return export.of("buyers", COLUMNS, rows_of(request.app.state.databases, caller.tenant, query))


@router.get(
    "/buyers/{buyer_code}",
    responses=may_answer(BuyerNotFound),
    openapi_extra={"x-summary-ja": "海外商社の照会"},
)
async def get_buyer(buyer_code: BuyerCode, tx: Reading, response: Response) -> Buyer:
    """Read one buyer (海外商社), and when your company last used it."""
    buyer = await queries.buyer(tx, buyer_code)
    response.headers["ETag"] = etag(buyer.version)
    return Buyer.model_validate(buyer)


@staff_router.put(
    "/buyers/{buyer_code}",
    responses=may_answer(PreconditionRequired, PreconditionFailed),
    openapi_extra={"x-summary-ja": "海外商社の登録・変更"},
)
async def replace_buyer(
    buyer_code: BuyerCode,
    entry: BuyerEntry,
    tx: StaffTransaction,
    seen_version: IfMatchWhenItExists,
    now: Now,
    response: Response,
) -> RegisteredBuyer:
    """Enter a buyer in the register, or replace its record (海外商社登録・変更)."""
    record = register.BuyerRecord(buyer_code=buyer_code, **dict(entry))
    buyer, is_new = await register.enter_buyer(tx, record, seen_version, now)
    response.status_code = 201 if is_new else 200
    response.headers["ETag"] = etag(buyer.version)
    return RegisteredBuyer.model_validate(buyer)
