"""The rulebook (規程): everything dated that a premium is read from, and the day it is read for."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from libs.common.money import Ratio

from .period import PeriodRule
from .tariff import Edition, Missing, NotInRulebook, Origin

T = TypeVar("T")

_YEN_IS_YEN = Origin("Yen need no rate", sample=False)


@dataclass(frozen=True, slots=True)
class Timeline(Generic[T]):
    """Values that follow each other, each from its first day until the next one's."""

    first_days: tuple[date, ...]
    values: tuple[T, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[date, T]]) -> "Timeline[T]":
        """Line rows up by their first day."""
        ordered = sorted(rows, key=lambda row: row[0])
        return cls(tuple(day for day, _ in ordered), tuple(value for _, value in ordered))

    def on(self, day: date) -> T | None:
        """Find the value of a day."""
        at = bisect_right(self.first_days, day)
        return self.values[at - 1] if at else None


@dataclass(frozen=True, slots=True)
class Category:
    """The category of a country (国カテゴリー), from A, the safest, to H.

    Source: domain notes §2.1.
    """

    letter: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """What a bank gives in yen for one unit of a currency (TTB), at the opening of a day."""

    ttb: Ratio
    origin: Origin


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All dated tables, by the key they are asked for."""

    editions: Timeline[Edition]
    categories: Mapping[str, Timeline[Category]]
    exchange_rates: Mapping[str, Timeline[ExchangeRate]]
    settlement_rules: Timeline[Mapping[str, PeriodRule]]

    def edition(self, on: date) -> Edition:
        """Find the tariff edition in force."""
        edition = self.editions.on(on)
        if edition is None or (edition.valid_to is not None and on > edition.valid_to):
            raise NotInRulebook(Missing.EDITION, f"{on}")
        return edition

    def category(self, country_code: str, on: date) -> Category:
        """Find a country's category, as graded on a day."""
        grades = self.categories.get(country_code)
        category = grades.on(on) if grades else None
        if category is None:
            raise NotInRulebook(Missing.CATEGORY, f"{country_code} on {on}")
        return category

    def period_rules(self, on: date) -> Mapping[str, PeriodRule]:
        """Find how each settlement method's period is counted, by the table in force on a day."""
        return self.settlement_rules.on(on) or {}

    def exchange_rate(self, currency: str, on: date) -> ExchangeRate:
        """Find the rate of a day; yen are worth one yen.

        Source: domain notes §9.
        """
        if currency == "JPY":
            return ExchangeRate(Ratio(Decimal(1)), _YEN_IS_YEN)
        rates = self.exchange_rates.get(currency)
        rate = rates.on(on) if rates else None
        if rate is None:
            raise NotInRulebook(Missing.EXCHANGE_RATE, f"{currency} on {on}")
        return rate
