"""The tariff (料率表): the numbers a premium is made of, each with the place it was found in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import floor

from libs.common.money import Ratio, canonical


class Phase(StrEnum):
    """The two halves of a contract's life, which are priced apart."""

    PRE_SHIPMENT = "PRE_SHIPMENT"
    POST_SHIPMENT = "POST_SHIPMENT"


class Risk(StrEnum):
    """The two perils (非常危険・信用危険)."""

    POLITICAL = "POLITICAL"
    CREDIT = "CREDIT"


class Missing(StrEnum):
    """What the rulebook has to say before a premium can be made."""

    EDITION = "EDITION"
    CATEGORY = "CATEGORY"
    PRODUCT = "PRODUCT"
    EXCHANGE_RATE = "EXCHANGE_RATE"
    SETTLEMENT_METHOD = "SETTLEMENT_METHOD"
    COVER = "COVER"


class NotInRulebook(LookupError):
    """The rulebook is silent on what a premium needs; `what` names the row that is not there."""

    def __init__(self, missing: Missing, what: str) -> None:
        """Say which table is silent, and about what."""
        super().__init__(f"{missing}: {what}")
        self.missing = missing
        self.what = what


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number comes from (出典), and whether it only stands in for one we could not find."""

    source: str
    sample: bool


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The daily rate a (期間料率) and the least rate b (最低料率) of a category and phase.

    Units:  a in percent a day, b in percent.
    """

    a: Ratio
    b: Ratio
    origin: Origin


@dataclass(frozen=True, slots=True)
class Factor:
    """A number the rate is multiplied by, and how it was worked out."""

    value: Ratio
    working: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Calibration:
    """The cover ratio one risk's rates were made for, and that risk's share of the rate."""

    risk: Risk
    cover: Ratio
    weight: Ratio
    origin: Origin


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover ratios (付保率) of a special agreement, by phase and risk."""

    pre_shipment_political: Ratio
    pre_shipment_credit: Ratio
    post_shipment_political: Ratio
    post_shipment_credit: Ratio
    origin: Origin

    def ratio(self, phase: Phase, risk: Risk) -> Ratio:
        """Give the ratio of one phase and risk."""
        match phase, risk:
            case Phase.PRE_SHIPMENT, Risk.POLITICAL:
                return self.pre_shipment_political
            case Phase.PRE_SHIPMENT, _:
                return self.pre_shipment_credit
            case _, Risk.POLITICAL:
                return self.post_shipment_political
            case _:
                return self.post_shipment_credit


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the tariff (料率版), with everything that changes only with it.

    Units:  `minimum_days` least days charged; `sight_days` days that "at sight" counts as.
    Shape:  `feeds` names, by phase, the countries of a contract that may set the category: the
            first one a contract has is used.
    Source: domain notes §1.1, §1.3, §10.2.
    """

    name: str
    valid_from: date
    valid_to: date | None
    minimum_days: int
    sight_days: int
    rate_decimals: int
    factor_decimals: int
    coefficients: Mapping[tuple[Phase, str], Coefficients]
    products: Mapping[str, Factor]
    calibrations: Mapping[Phase, tuple[Calibration, ...]]
    feeds: Mapping[Phase, tuple[str, ...]]

    def rates(self, phase: Phase, category: str) -> Coefficients:
        """Find a and b of a country category (国カテゴリー)."""
        try:
            return self.coefficients[phase, category]
        except KeyError:
            raise NotInRulebook(Missing.CATEGORY, f"{phase} {category}") from None

    def product(self, name: str) -> Factor:
        """Find what a product multiplies the rate by (商品係数)."""
        try:
            return self.products[name]
        except KeyError:
            raise NotInRulebook(Missing.PRODUCT, name) from None

    def cover_adjustment(self, phase: Phase, cover: Cover) -> Factor:
        """Find what the cover ratios multiply the rate by (てん補調整係数)."""
        return _cover_adjustment(self.calibrations[phase], phase, cover, self.factor_decimals)


def rounded(exact: Decimal | Fraction, decimals: int) -> Ratio:
    """Round a rate half-up (四捨五入) to a number of decimals.

    Source: domain notes §1.3.
    """
    units = floor(Fraction(exact) * 10**decimals + Fraction(1, 2))
    return Ratio(Decimal(units).scaleb(-decimals))


# Thousands of contracts share one agreement, so its adjustment is worked out once.
@lru_cache(maxsize=4096)
def _cover_adjustment(
    parts: tuple[Calibration, ...], phase: Phase, cover: Cover, decimals: int
) -> Factor:
    """Count each risk in proportion to the cover the rates were made for.

    Source: domain notes §1.1 (calibration), §10.2 (proportion: assumed, configurable).
    """
    told = [(part, cover.ratio(phase, part.risk)) for part in parts]
    exact = sum(Fraction(p.weight) * Fraction(ratio) / Fraction(p.cover) for p, ratio in told)
    working = " + ".join(
        f"{canonical(p.weight)} × {canonical(ratio)} ÷ {canonical(p.cover)}" for p, ratio in told
    )
    joint = _joint([*(part.origin for part in parts), cover.origin])
    return Factor(rounded(Fraction(exact), decimals), working, joint)


def _joint(origins: Iterable[Origin]) -> Origin:
    known = dict.fromkeys(origins)
    sources = dict.fromkeys(origin.source for origin in known)
    return Origin("; ".join(sources), any(origin.sample for origin in known))
