"""`/special-agreements`: a policyholder reads its special agreements (特約); staff enter them."""

from typing import Annotated, Literal, Self

from fastapi import Query, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.etags import IfMatchWhenItExists, etag
from libs.common.money import Money, Ratio
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, StaffTransaction
from libs.common.security import requires
from libs.common.wire import (
    AgreementCode,
    BusinessDate,
    DecimalString,
    Input,
    Instant,
    Output,
    PolicyholderCode,
    Text255,
)

from .. import queries, tables
from ..actions import agreements
from ..domain import agreement
from ..errors import (
    AgreementHeldByAnother,
    CoverRatioOutOfRange,
    MinimumIncreaseNotInYen,
    SpecialAgreementNotFound,
    TermEndsBeforeItBegins,
)

router = Router(tags=["special-agreements"], dependencies=[requires("special-agreements:read")])
staff_router = Router(
    tags=["special-agreements"], dependencies=[requires("ops:special-agreements:write")]
)

SORTS = {
    "agreement_code": tables.SpecialAgreement.agreement_code,
    "valid_to": tables.SpecialAgreement.valid_to,
    "updated_at": tables.SpecialAgreement.updated_at,
}


class CoverRatiosEntry(Input):
    """Cover ratios as staff enter them; each lies above 0 and is at most 1."""

    pre_shipment_political: DecimalString
    pre_shipment_credit: DecimalString
    post_shipment_political: DecimalString
    post_shipment_credit: DecimalString
    sample: bool = False

    def cover(self) -> agreement.Cover:
        """Give them in the words of the rules."""
        return agreement.Cover(
            Ratio(self.pre_shipment_political),
            Ratio(self.pre_shipment_credit),
            Ratio(self.post_shipment_political),
            Ratio(self.post_shipment_credit),
            sample=self.sample,
        )


class SpecialAgreementEntry(Input):
    """A special agreement as staff enter it."""

    policyholder_code: PolicyholderCode
    branch_office_code: Literal["10", "15"]
    holder_name_ja: Text255
    holder_short_name_ja: Text255
    valid_from: BusinessDate
    valid_to: BusinessDate
    minimum_increase_amount: Money
    file_name_waiver: bool = False
    significant_delay_count: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    cover: CoverRatiosEntry

    def agreement(self, agreement_code: str) -> agreement.SpecialAgreement:
        """Give it in the words of the rules."""
        values = dict(self) | {"agreement_code": agreement_code, "cover": self.cover.cover()}
        return agreement.SpecialAgreement(**values)


class SpecialAgreementSummary(Output):
    """A special agreement in a list."""

    agreement_code: AgreementCode
    branch_office_code: str
    holder_short_name_ja: str
    valid_from: BusinessDate
    valid_to: BusinessDate
    updated_at: Instant


class SpecialAgreementPage(PageShape[SpecialAgreementSummary]):
    """A page of special agreements."""


class CoverRatios(Output):
    """Cover ratios (付保率) of a special agreement; `sample` marks ratios nobody has published."""

    pre_shipment_political: DecimalString
    pre_shipment_credit: DecimalString
    post_shipment_political: DecimalString
    post_shipment_credit: DecimalString
    sample: bool


class SpecialAgreement(SpecialAgreementSummary):
    """A special agreement (特約): what all contracts under it have in common."""

    holder_name_ja: str
    minimum_increase_amount: Money
    file_name_waiver: bool
    significant_delay_count: int
    cover: CoverRatios
    version: int

    @classmethod
    def of(cls, row: tables.SpecialAgreement) -> Self:
        """Show a row."""
        summary = SpecialAgreementSummary.model_validate(row)
        return cls(
            **dict(summary),
            holder_name_ja=row.holder_name_ja,
            minimum_increase_amount=Money(row.minimum_increase_yen, "JPY"),
            file_name_waiver=row.file_name_waiver,
            significant_delay_count=row.significant_delay_count,
            cover=CoverRatios(
                pre_shipment_political=row.pre_shipment_political,
                pre_shipment_credit=row.pre_shipment_credit,
                post_shipment_political=row.post_shipment_political,
                post_shipment_credit=row.post_shipment_credit,
                sample=row.cover_is_sample,
            ),
            version=row.version,
        )


@router.get("/special-agreements", openapi_extra={"x-summary-ja": "特約の一覧"})
async def list_special_agreements(
    tx: Reading,
    paging: Paging,
    in_force_on: Annotated[
        BusinessDate | None, Query(description="Only those in force on this day.")
    ] = None,
    updated_at_from: Instant | None = None,
    sort: str | None = None,
) -> SpecialAgreementPage:
    """List your company's special agreements (特約)."""
    statement = queries.special_agreements(in_force_on, updated_at_from)
    page = await paging.of(
        tx, ordered(statement, sort, SORTS, tables.SpecialAgreement.agreement_code)
    )
    return SpecialAgreementPage.of(page, SpecialAgreementSummary.model_validate)


@router.get(
    "/special-agreements/{agreement_code}",
    responses=may_answer(SpecialAgreementNotFound),
    openapi_extra={"x-summary-ja": "特約の照会"},
)
async def get_special_agreement(
    agreement_code: AgreementCode, tx: Reading, response: Response
) -> SpecialAgreement:
    """Read one of your company's special agreements (特約)."""
    row = await queries.special_agreement(tx, agreement_code)
    response.headers["ETag"] = etag(row.version)
    return SpecialAgreement.of(row)


@staff_router.put(
    "/special-agreements/{agreement_code}",
    responses=may_answer(
        AgreementHeldByAnother,
        TermEndsBeforeItBegins,
        CoverRatioOutOfRange,
        MinimumIncreaseNotInYen,
        PreconditionRequired,
        PreconditionFailed,
    ),
    openapi_extra={"x-summary-ja": "特約の登録・更改"},
)
async def replace_special_agreement(
    agreement_code: AgreementCode,
    entry: SpecialAgreementEntry,
    tx: StaffTransaction,
    seen_version: IfMatchWhenItExists,
    now: Now,
    response: Response,
) -> SpecialAgreement:
    """Enter a special agreement (特約), or replace its record."""
    wanted = entry.agreement(agreement_code)
    row, is_new = await agreements.enter_special_agreement(tx, wanted, seen_version, now)
    response.status_code = 201 if is_new else 200
    response.headers["ETag"] = etag(row.version)
    return SpecialAgreement.of(row)
