"""Premium things to start a story with: a small tariff, agreements and contracts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import httpx

from libs.common.database import PLATFORM
from libs.common.deliveries import Delivery
from libs.common.money import Money, Ratio, yen
from services.premium import data
from services.premium.domain.contract import Contract
from services.premium.domain.period import PeriodRule, Settlement, UsanceUnit
from services.premium.domain.rulebook import Category, ExchangeRate, Rulebook, Timeline
from services.premium.domain.tariff import (
    Calibration,
    Coefficients,
    Cover,
    Edition,
    Factor,
    Origin,
    Phase,
    Risk,
)
from tests.kit import hearing
from tests.kit.running import Running
from tests.kit.stand_in_identity import TENANT

LEAFLET = Origin("tariff leaflet", sample=False)
ASSUMED = Origin("assumed", sample=True)

CONCLUDED = date(2008, 4, 1)
TARIFF_STARTS = date(2004, 10, 1)
THAILAND, MALAYSIA = "111", "113"
AGREEMENT = "200100357"


def ratio(text: str) -> Ratio:
    """An exact ratio."""
    return Ratio(Decimal(text))


def factor(text: str) -> Factor:
    """A factor that is printed in the leaflet."""
    return Factor(ratio(text), "", LEAFLET)


AS_CALIBRATED = Cover(ratio("0.80"), ratio("0.80"), ratio("0.975"), ratio("0.90"), LEAFLET)

CATEGORY_D = {
    (Phase.PRE_SHIPMENT, "D"): Coefficients(ratio("0.000304"), ratio("0.128"), LEAFLET),
    (Phase.POST_SHIPMENT, "D"): Coefficients(ratio("0.002317"), ratio("0.048"), LEAFLET),
}

EDITION = Edition(
    name="2004-10",
    valid_from=TARIFF_STARTS,
    valid_to=None,
    minimum_days=30,
    sight_days=30,
    rate_decimals=3,
    factor_decimals=4,
    coefficients=CATEGORY_D,
    products={"INDIVIDUAL": factor("1"), "COMPREHENSIVE": factor("0.30")},
    calibrations={
        Phase.PRE_SHIPMENT: (
            Calibration(Risk.POLITICAL, ratio("0.80"), ratio("0.9"), LEAFLET),
            Calibration(Risk.CREDIT, ratio("0.80"), ratio("0.1"), LEAFLET),
        ),
        Phase.POST_SHIPMENT: (
            Calibration(Risk.POLITICAL, ratio("0.975"), ratio("0.9"), LEAFLET),
            Calibration(Risk.CREDIT, ratio("0.90"), ratio("0.1"), LEAFLET),
        ),
    },
    feeds={
        Phase.PRE_SHIPMENT: ("destination_country",),
        Phase.POST_SHIPMENT: ("guarantee_country", "payment_country"),
    },
)

PERIOD_RULES = {
    "10": PeriodRule.DAYS_30,
    "20": PeriodRule.USANCE_DAYS,
    "21": PeriodRule.USANCE_DAYS_PLUS_30,
    "49": PeriodRule.LS_TO_LP,
    "60": PeriodRule.NONE,
    "70": PeriodRule.LS_TO_MP,
}

RULEBOOK = Rulebook(
    editions=Timeline.of([(TARIFF_STARTS, EDITION)]),
    categories={THAILAND: Timeline.of([(TARIFF_STARTS, Category("D", LEAFLET))])},
    exchange_rates={
        "USD": Timeline.of(
            [
                (date(2008, 1, 1), ExchangeRate(ratio("112.35"), ASSUMED)),
                (date(2008, 4, 1), ExchangeRate(ratio("99.80"), ASSUMED)),
            ]
        )
    },
    settlement_rules=Timeline.of([(TARIFF_STARTS, PERIOD_RULES)]),
)

AT_SIGHT = Settlement(slot=1, method="10")
DA_90_DAYS = Settlement(1, "20", UsanceUnit.DAYS, 90)

TEN_MILLION = Contract(
    insured_from=CONCLUDED,
    last_shipment=date(2008, 5, 31),
    amounts={Phase.PRE_SHIPMENT: yen(10_000_000), Phase.POST_SHIPMENT: yen(10_000_000)},
    quoted_rate=None,
    countries={"destination_country": THAILAND, "payment_country": THAILAND},
    settlements=(DA_90_DAYS,),
    product="INDIVIDUAL",
)


def in_dollars(amount: str) -> Contract:
    """The contract of ten million, but in dollars."""
    dollars = Money(Decimal(amount), "USD")
    return replace(TEN_MILLION, amounts=dict.fromkeys(Phase, dollars))


_keys = count(1)


def key() -> dict[str, str]:
    """An Idempotency-Key nobody has used."""
    return {"Idempotency-Key": f"premium-{next(_keys)}"}


def code_table(**changes: object) -> dict[str, Any]:
    """A small code table as staff publish it."""
    return {
        "title_ja": "受渡条件",
        "title_en": "Delivery terms",
        "valid_from": "2004-10-01",
        "source": "tests",
        "codes": [
            {"code": "1", "name_ja": "本船渡し", "name_en": "FOB"},
            {"code": "3", "name_ja": "運賃保険料込み渡し", "name_en": "CIF"},
        ],
    } | changes


async def published(
    service: Running, name: str, version: int | None = None, **changes: object
) -> httpx.Response:
    """Staff publish the next version of a code table."""
    headers = service.staff("ops:code-tables:write")
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    body = code_table(**changes)
    return await service.client.put(f"/ops/v1/code-tables/{name}", json=body, headers=headers)


async def the_settlement_methods(service: Running) -> None:
    """Staff have published the shipped table of settlement methods, if nobody did before."""
    body = data.code_table_publications()["settlement_methods"]
    answer = await published(service, "settlement_methods", **body)
    assert answer.status_code in {201, 428}, answer.text


async def exchange_rates(service: Running, *rates: tuple[str, str, str]) -> httpx.Response:
    """Staff publish exchange rates: currency, first day, yen."""
    body = {
        "source": "tests",
        "sample": True,
        "rates": [
            {"currency": currency, "valid_from": day, "ttb": ttb} for currency, day, ttb in rates
        ],
    }
    headers = service.staff("ops:exchange-rates:write") | key()
    return await service.client.post("/ops/v1/exchange-rates", json=body, headers=headers)


_serials = count(1)


def policy_number() -> str:
    """A policy number nobody has used."""
    return f"1020010035726{next(_serials):06d}"


def applied(policy: str, **changes: object) -> dict[str, Any]:
    """One history of a contract as the ledger tells it: the worked example of the leaflet."""
    return {
        "policy_number": policy,
        "branch_number": "00",
        "history_number": "00",
        "revision": 0,
        "processing_type": "1",
        "agreement_code": AGREEMENT,
        "applicant_code": TENANT,
        "application_date": "2026-08-25",
        "contract_date": "2026-04-01",
        "received_on": "2026-08-25",
        "currency": "JPY",
        "currency_code": "000",
        "contract_principal": "10000000",
        "pre_shipment_amount": "10000000",
        "post_shipment_amount": "10000000",
        "exchange_rate": None,
        "destination_country": THAILAND,
        "payment_country": THAILAND,
        "guarantee_country": None,
        "payer_code": "1234560",
        "last_shipment_date": "2026-05-31",
        "settlements": [
            {"slot": 1, "settlement_method": "20", "usance_unit": "2", "usance_period": 90}
        ],
        "status": "ACTIVE",
    } | changes


def agreement(**changes: object) -> dict[str, Any]:
    """A special agreement as underwriting tells it, with the leaflet's own cover."""
    return {
        "agreement_code": AGREEMENT,
        "policyholder_code": TENANT,
        "holder_name_ja": "舫貿易株式会社",
        "cover": {
            "pre_shipment_political": "0.80",
            "pre_shipment_credit": "0.80",
            "post_shipment_political": "0.975",
            "post_shipment_credit": "0.90",
            "sample": True,
        },
    } | changes


async def contracts_applied(
    service: Running, *histories: dict[str, Any], bucket: int = 3
) -> Delivery:
    """Premium has heard that contracts were applied; gives the fact, to be told again."""
    fact = {"bucket": bucket, "upload_id": "upload_1", "histories": list(histories)}
    return await hearing.told(service, "ledger.contracts.applied.v1", str(bucket), fact)


async def agreement_told(service: Running, **changes: object) -> Delivery:
    """Premium has heard of a special agreement, which is reference data."""
    fact, kind = agreement(**changes), "underwriting.special_agreement.state.v1"
    return await hearing.told(service, kind, fact["agreement_code"], fact, PLATFORM)


async def the_shipped_rulebook(service: Running) -> None:
    """Staff have published what ships, and the agreement is known."""
    await the_settlement_methods(service)
    await agreement_told(service)
    headers = service.staff("ops:exchange-rates:write") | key()
    body = data.exchange_rate_publication()
    answer = await service.client.post("/ops/v1/exchange-rates", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
