"""`/exchange-rates`: yen for one unit of a currency (TTB), day by day; staff publish them."""

from decimal import Decimal
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import Field

from libs.common.answers import may_answer
from libs.common.clock import Today
from libs.common.paging import PageShape, Paging
from libs.common.routing import Reading, Router, StaffTransaction
from libs.common.security import requires
from libs.common.wire import BusinessDate, DecimalString, Input, Output, Text255

from .. import tables
from ..actions.exchange_rates import Quotation, publish_exchange_rates
from ..errors import ExchangeRateNotFound, RateAlreadyPublished
from ..queries import exchange_rates

router = Router(tags=["exchange-rates"], dependencies=[requires("exchange-rates:read")])
staff_router = Router(tags=["exchange-rates"], dependencies=[requires("ops:exchange-rates:write")])

CURRENCY = r"^[A-Z]{3}$"
CurrencyText = Annotated[str, Field(pattern=CURRENCY, examples=["USD"])]
Ttb = Annotated[DecimalString, Field(gt=Decimal(0), max_digits=11, decimal_places=4)]
AsOf = Annotated[
    BusinessDate | None, Query(description="The day the rate is wanted for; today if left out.")
]


class ExchangeRate(Output):
    """Yen for one unit of a currency (TTB), from a day until the next published one."""

    currency: str
    valid_from: BusinessDate
    ttb: DecimalString
    source: str
    sample: bool


class ExchangeRatePage(PageShape[ExchangeRate]):
    """A page of exchange rates."""


class ExchangeRateEntry(Input):
    """One rate as staff publish it."""

    currency: CurrencyText
    valid_from: BusinessDate
    ttb: Ttb


class ExchangeRatesCreate(Input):
    """Rates that are published together, from one source."""

    source: Text255
    sample: bool = False
    rates: Annotated[list[ExchangeRateEntry], Field(min_length=1, max_length=1_000)]


class PublishedExchangeRates(Output):
    """Rates as they are now published."""

    rates: list[ExchangeRate]


@router.get("/exchange-rates", openapi_extra={"x-summary-ja": "換算率の一覧"})
async def list_exchange_rates(
    tx: Reading,
    paging: Paging,
    currency: Annotated[list[CurrencyText], Query(max_length=50)] = [],  # noqa: B006
    valid_from_from: BusinessDate | None = None,
    valid_from_to: BusinessDate | None = None,
) -> ExchangeRatePage:
    """List exchange rates (換算率), by currency and first day."""
    rate = tables.ExchangeRate
    statement = exchange_rates.exchange_rates(currency, valid_from_from, valid_from_to)
    page = await paging.of(tx, statement.order_by(rate.currency, rate.valid_from))
    return ExchangeRatePage.of(page, ExchangeRate.model_validate)


@router.get(
    "/exchange-rates/{currency}",
    responses=may_answer(ExchangeRateNotFound),
    openapi_extra={"x-summary-ja": "換算率の照会"},
)
async def get_exchange_rate(
    currency: Annotated[str, Path(pattern=CURRENCY)],
    tx: Reading,
    today: Today,
    as_of: AsOf = None,
) -> ExchangeRate:
    """Read the exchange rate (換算率) that holds on a day."""
    rate = await exchange_rates.exchange_rate(tx, currency, as_of or today)
    return ExchangeRate.model_validate(rate)


@staff_router.post(
    "/exchange-rates",
    status_code=201,
    responses=may_answer(RateAlreadyPublished),
    openapi_extra={"x-summary-ja": "換算率の公示"},
)
async def create_exchange_rates(
    wish: ExchangeRatesCreate, tx: StaffTransaction, response: Response
) -> PublishedExchangeRates:
    """Publish exchange rates (換算率の公示); a published rate is never replaced."""
    quotations = [
        Quotation(it.currency, it.valid_from, it.ttb, wish.source, wish.sample) for it in wish.rates
    ]
    await publish_exchange_rates(tx, quotations)
    response.headers["Location"] = "/v1/exchange-rates"
    return PublishedExchangeRates(rates=[ExchangeRate.model_validate(it) for it in quotations])
