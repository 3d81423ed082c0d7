"""`/estimates`: what a contract would cost (試算), with no promise and nothing applied for."""

from typing import Annotated, Self

from fastapi import Path, Query, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Now
from libs.common.etags import IfMatch, etag
from libs.common.money import Money
from libs.common.paging import PageShape, Paging, ordered
from libs.common.problem_codes import PreconditionFailed, PreconditionRequired
from libs.common.routing import Reading, Router, Transaction
from libs.common.security import requires
from libs.common.wire import (
    AgreementCode,
    BusinessDate,
    BuyerCode,
    DecimalString,
    Instant,
    Output,
)

from .. import tables
from ..actions import estimates as actions
from ..domain.assessment import Part
from ..domain.explanation import explain
from ..domain.rating import CreditCover
from ..domain.tariff import Phase
from ..errors import EstimateNotFound, EstimateNotPossible, RatingNotCovered
from ..queries import estimates as queries
from .assessments import AssessmentStep
from .estimate_questions import EstimateCreate

router = Router(tags=["estimates"])
may_read = requires("estimates:read")
may_write = requires("estimates:write")

SORTS = {"estimated_at": tables.Estimate.estimated_at}
_ID = "estimate_01m804gnfyejjb59e5dbx4yqmy"
EstimateId = Annotated[str, Path(description="Id of an estimate (試算), a TypeID.", examples=[_ID])]


class EstimateSummary(Output):
    """An estimate in a list."""

    id: Annotated[str, Field(examples=[_ID])]
    agreement_code: AgreementCode
    buyer_code: BuyerCode
    rating: str | None
    edition: str
    premium: Money
    sample: bool
    estimated_at: Instant

    @classmethod
    def of(cls, row: tables.Estimate) -> Self:
        """Show a row."""
        names = set(EstimateSummary.model_fields) - {"premium"}
        told = {name: getattr(row, name) for name in names}
        return cls(**told, premium=Money(row.premium, "JPY"))


class EstimatePage(PageShape[EstimateSummary]):
    """A page of estimates."""


class AskedSettlement(Output):
    """One settlement, as it was asked about."""

    settlement_method: str
    usance_unit: str | None
    usance_period: str | None
    due_date: BusinessDate | None


class AskedContract(Output):
    """The contract an estimate was asked for, as it was asked."""

    contract_date: BusinessDate
    last_shipment_date: BusinessDate
    currency: str
    exchange_rate: DecimalString | None
    pre_shipment_amount: DecimalString
    post_shipment_amount: DecimalString | None
    destination_country: str
    payment_country: str | None
    guarantee_country: str | None
    settlements: list[AskedSettlement]


class RatingBasis(Output):
    """What the buyer's rating (格付) allowed when the estimate was made."""

    rating: str
    name_ja: str
    name_en: str
    political_cover: bool
    credit_cover: CreditCover
    sample: bool


class EstimatePart(Output):
    """The premium of one phase, with what it was multiplied from.

    Units: `insured` in yen, `base_rate` in percent; both factors multiply it.
    """

    phase: Phase
    insured: Money
    days: int
    country_code: str
    category: str
    base_rate: DecimalString
    cover_adjustment: DecimalString
    product_coefficient: DecimalString
    premium: Money

    @classmethod
    def of(cls, part: Part) -> Self:
        """Show a part."""
        this = part.component
        return cls(
            phase=this.phase,
            insured=part.insured,
            days=this.period.charged,
            country_code=this.country_code,
            category=this.category.letter,
            base_rate=part.base_rate,
            cover_adjustment=this.cover.value,
            product_coefficient=this.product.value,
            premium=part.premium,
        )


class Estimate(EstimateSummary):
    """What a contract would cost (試算), part by part, and on what rating of its buyer."""

    rating_basis: RatingBasis | None
    contract: AskedContract
    parts: list[EstimatePart]
    version: int

    @classmethod
    def whole(cls, row: tables.Estimate) -> Self:
        """Show a row with everything it was worked out from."""
        basis = row.rating_basis
        return cls(
            **EstimateSummary.of(row).model_dump(mode="python"),
            rating_basis=None if basis is None else RatingBasis.model_validate(basis),
            contract=AskedContract.model_validate(row.asked),
            parts=[EstimatePart.of(part) for part in queries.assessed(row).parts],
            version=actions.VERSION,
        )


class EstimateTrace(Output):
    """How an estimate was worked out, line by line."""

    estimate_id: Annotated[str, Field(examples=[_ID])]
    steps: list[AssessmentStep]


@router.post(
    "/estimates",
    status_code=201,
    dependencies=[may_write],
    responses=may_answer(EstimateNotPossible, RatingNotCovered),
    openapi_extra={"x-summary-ja": "保険料の試算"},
)
async def create_estimate(
    wish: EstimateCreate, tx: Transaction, now: Now, response: Response
) -> Estimate:
    """Estimate what a contract would cost (試算), by the rules contracts are assessed by."""
    row = await actions.estimate(tx, wish.question(), now)
    response.headers["Location"] = f"/v1/estimates/{row.id}"
    response.headers["ETag"] = etag(actions.VERSION)
    return Estimate.whole(row)


@router.get("/estimates", dependencies=[may_read], openapi_extra={"x-summary-ja": "試算の一覧"})
async def list_estimates(
    tx: Reading,
    paging: Paging,
    agreement_code: Annotated[list[AgreementCode], Query(max_length=50)] = [],  # noqa: B006
    buyer_code: Annotated[list[BuyerCode], Query(max_length=100)] = [],  # noqa: B006
    sort: str | None = None,
) -> EstimatePage:
    """List your company's estimates (試算)."""
    wanted = queries.EstimateFilter(agreement_code, buyer_code)
    statement = ordered(queries.estimates(wanted), sort, SORTS, tables.Estimate.id)
    return EstimatePage.of(await paging.of(tx, statement), EstimateSummary.of)


@router.get(
    "/estimates/{estimate_id}",
    dependencies=[may_read],
    responses=may_answer(EstimateNotFound),
    openapi_extra={"x-summary-ja": "試算の照会"},
)
async def get_estimate(estimate_id: EstimateId, tx: Reading, response: Response) -> Estimate:
    """Read one estimate (試算) as it was made."""
    row = await queries.estimate(tx, estimate_id)
    response.headers["ETag"] = etag(actions.VERSION)
    return Estimate.whole(row)


@router.get(
    "/estimates/{estimate_id}/trace",
    dependencies=[may_read],
    responses=may_answer(EstimateNotFound),
    openapi_extra={"x-summary-ja": "試算の計算過程"},
)
async def get_estimate_trace(estimate_id: EstimateId, tx: Reading) -> EstimateTrace:
    """Read how an estimate was worked out (試算の計算過程), line by line."""
    row = await queries.estimate(tx, estimate_id)
    steps = [AssessmentStep.model_validate(step) for step in explain(queries.assessed(row))]
    return EstimateTrace(estimate_id=row.id, steps=steps)


@router.delete(
    "/estimates/{estimate_id}",
    status_code=204,
    dependencies=[may_write],
    responses=may_answer(EstimateNotFound, PreconditionRequired, PreconditionFailed),
    openapi_extra={"x-summary-ja": "試算の削除"},
)
async def delete_estimate(estimate_id: EstimateId, tx: Transaction, seen_version: IfMatch) -> None:
    """Throw an estimate away (試算の削除)."""
    await actions.drop_estimate(tx, estimate_id, seen_version)
