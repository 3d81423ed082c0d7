"""`/rate-editions`: the tariff (料率表), edition by edition."""

from typing import Self

from fastapi import Response

from libs.common.answers import may_answer
from libs.common.etags import etag
from libs.common.paging import PageShape, Paging
from libs.common.routing import Reading, Router
from libs.common.security import requires
from libs.common.wire import BusinessDate, DecimalString, Output

from .. import tables
from ..domain.tariff import Edition, Phase, Risk
from ..errors import RateEditionNotFound
from ..queries import editions

router = Router(tags=["rate-editions"], dependencies=[requires("rate-editions:read")])

KEPT_BY_CLIENTS = "private, max-age=300"


class RateEditionSummary(Output):
    """An edition of the tariff, and from when to when it is in force."""

    edition: str
    valid_from: BusinessDate
    valid_to: BusinessDate | None
    minimum_days: int
    sight_days: int
    rate_decimals: int
    factor_decimals: int
    source: str
    sample: bool


class RateEditionPage(PageShape[RateEditionSummary]):
    """A page of tariff editions."""


class BaseRate(Output):
    """Daily rate a (percent a day) and least rate b (percent) of a phase and category."""

    phase: Phase
    category: str
    a: DecimalString
    b: DecimalString
    source: str
    sample: bool


class ProductCoefficient(Output):
    """What a product multiplies the rate by (商品係数)."""

    product: str
    coefficient: DecimalString
    source: str
    sample: bool


class CoverCalibration(Output):
    """The cover ratio a risk's rates were made for, and its share of the rate."""

    phase: Phase
    risk: Risk
    calibrated_cover: DecimalString
    weight: DecimalString
    source: str
    sample: bool


class CountryChoice(Output):
    """Which country of a contract sets the category of a phase: the first one it has."""

    phase: Phase
    countries: list[str]


class RateEdition(RateEditionSummary):
    """An edition of the tariff (料率版), whole."""

    base_rates: list[BaseRate]
    product_coefficients: list[ProductCoefficient]
    cover_calibrations: list[CoverCalibration]
    country_choices: list[CountryChoice]

    @classmethod
    def of(cls, row: tables.RateEdition, edition: Edition) -> Self:
        """Show an edition with everything that changes only with it."""
        return cls(
            **RateEditionSummary.model_validate(row).model_dump(mode="python"),
            base_rates=_base_rates(edition),
            product_coefficients=_products(edition),
            cover_calibrations=_calibrations(edition),
            country_choices=[
                CountryChoice(phase=phase, countries=list(roles))
                for phase, roles in edition.feeds.items()
            ],
        )


@router.get("/rate-editions", openapi_extra={"x-summary-ja": "料率版の一覧"})
async def list_rate_editions(tx: Reading, paging: Paging) -> RateEditionPage:
    """List the editions of the tariff (料率版)."""
    statement = editions.rate_editions().order_by(tables.RateEdition.edition)
    return RateEditionPage.of(await paging.of(tx, statement), RateEditionSummary.model_validate)


@router.get(
    "/rate-editions/{edition}",
    responses=may_answer(RateEditionNotFound),
    openapi_extra={"x-summary-ja": "料率版の照会"},
)
async def get_rate_edition(edition: str, tx: Reading, response: Response) -> RateEdition:
    """Read one edition of the tariff (料率版), whole."""
    row, whole = await editions.rate_edition(tx, edition)
    # An edition never changes: what is new is a new edition.
    response.headers["ETag"] = etag(1)
    response.headers["Cache-Control"] = KEPT_BY_CLIENTS
    return RateEdition.of(row, whole)


def _base_rates(edition: Edition) -> list[BaseRate]:
    return [
        BaseRate(
            phase=phase,
            category=category,
            a=rates.a,
            b=rates.b,
            source=rates.origin.source,
            sample=rates.origin.sample,
        )
        for (phase, category), rates in edition.coefficients.items()
    ]


def _products(edition: Edition) -> list[ProductCoefficient]:
    return [
        ProductCoefficient(
            product=product,
            coefficient=factor.value,
            source=factor.origin.source,
            sample=factor.origin.sample,
        )
        for product, factor in edition.products.items()
    ]


def _calibrations(edition: Edition) -> list[CoverCalibration]:
    return [
        CoverCalibration(
            phase=phase,
            risk=it.risk,
            calibrated_cover=it.cover,
            weight=it.weight,
            source=it.origin.source,
            sample=it.origin.sample,
        )
        for phase, calibrations in edition.calibrations.items()
        for it in calibrations
    ]
