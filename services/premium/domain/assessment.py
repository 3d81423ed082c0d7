"""The premium of one branch history (保険料の算定): what it is made of, and what it comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact

from libs.common.money import Money, Ratio, truncated, yen

from .contract import Contract
from .period import Period, after_shipment, before_shipment
from .rulebook import Category, ExchangeRate, Rulebook
from .tariff import (
    Coefficients,
    Cover,
    Edition,
    Factor,
    Missing,
    NotInRulebook,
    Origin,
    Phase,
    rounded,
)

_PERCENT = Decimal("0.01")
# Wide enough for any amount times any rate; what would not fit raises, it is never rounded.
_EXACT = Context(prec=60, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class Component:
    """One phase of a contract with every figure its premium is made of, not yet multiplied."""

    phase: Phase
    amount: Money
    exchange: ExchangeRate
    period: Period
    country_role: str
    country_code: str
    category: Category
    rates: Coefficients
    cover: Factor
    product: Factor
    rate_decimals: int


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything a contract's premium is worked out from, in one tariff edition."""

    edition: str
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One phase of a contract with its premium (船積前・船積後保険料).

    Units:  `insured` in yen; `base_rate` in percent.
    """

    component: Component
    insured: Money
    base_rate: Ratio
    premium: Money


@dataclass(frozen=True, slots=True)
class Assessed:
    """The premium of a contract in one tariff edition, with its parts."""

    edition: str
    parts: tuple[Part, ...]

    @property
    def premium(self) -> Money:
        """What the whole costs."""
        return sum((part.premium for part in self.parts), yen(0))

    @property
    def sample(self) -> bool:
        """Whether any number in it only stands in for one we could not find."""
        return any(origin.sample for part in self.parts for origin in origins(part.component))


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """No premium can be made: the rulebook is silent on something."""

    missing: Missing
    what: str


def basis(contract: Contract, cover: Cover | None, rulebook: Rulebook) -> Basis | NotAssessed:
    """Look up every figure a contract's premium is made of, or say what the rulebook lacks.

    A phase with no amount, or with no period, has no component.
    Source: domain notes §1.1, §1.3; a comprehensive contract is covered from the day it was
            concluded (§5.1), and that day picks the edition, the categories and the rate (§9).
    """
    try:
        return _basis(contract, cover, rulebook)
    except NotInRulebook as silence:
        return NotAssessed(silence.missing, silence.what)


def price(component: Component) -> Part:
    """Multiply one component out, exactly.

    Yen are truncated, the base rate is rounded half-up, the premium is truncated.
    Source: domain notes §1.1 (formula), §1.3 (rounding), §9 (yen).
    """
    rates = component.rates
    insured = truncated(_EXACT.multiply(component.amount.amount, component.exchange.ttb), "JPY")
    exact_rate = rates.a * component.period.charged + rates.b
    base_rate = rounded(exact_rate, component.rate_decimals)
    share = base_rate * _PERCENT * component.cover.value * component.product.value
    return Part(component, insured, base_rate, insured.times(Ratio(share), truncated))


def assess(contract: Contract, cover: Cover | None, rulebook: Rulebook) -> Assessed | NotAssessed:
    """Assess one contract (保険料の算定)."""
    found = basis(contract, cover, rulebook)
    if isinstance(found, NotAssessed):
        return found
    return Assessed(found.edition, tuple(price(component) for component in found.components))


def origins(component: Component) -> Iterable[Origin]:
    """List where a component's figures come from."""
    yield component.exchange.origin
    yield component.category.origin
    yield component.rates.origin
    yield component.cover.origin
    yield component.product.origin


def _basis(contract: Contract, cover: Cover | None, rulebook: Rulebook) -> Basis:
    edition = rulebook.edition(contract.insured_from)
    if cover is None:
        raise NotInRulebook(Missing.COVER, "special agreement")
    found = [
        _component(contract, phase, period, (cover, edition, rulebook))
        for phase, period in _periods(contract, edition, rulebook)
        if period is not None and contract.amounts[phase]
    ]
    return Basis(edition.name, tuple(found))


def _periods(
    contract: Contract, edition: Edition, rulebook: Rulebook
) -> tuple[tuple[Phase, Period | None], ...]:
    shipped = contract.last_shipment
    rules = rulebook.period_rules(contract.insured_from)
    after = after_shipment(contract.settlements, shipped, rules, edition)
    before = before_shipment(contract.insured_from, shipped, edition)
    return (Phase.PRE_SHIPMENT, before), (Phase.POST_SHIPMENT, after)


def _component(
    contract: Contract,
    phase: Phase,
    period: Period,
    books: tuple[Cover, Edition, Rulebook],
) -> Component:
    cover, edition, rulebook = books
    amount, on = contract.amounts[phase], contract.insured_from
    role, country = _country(contract, edition.feeds[phase])
    category = rulebook.category(country, on)
    return Component(
        phase=phase,
        amount=amount,
        exchange=_exchange(contract, amount.currency, rulebook),
        period=period,
        country_role=role,
        country_code=country,
        category=category,
        rates=edition.rates(phase, category.letter),
        cover=edition.cover_adjustment(phase, cover),
        product=edition.product(contract.product),
        rate_decimals=edition.rate_decimals,
    )


def _country(contract: Contract, roles: Iterable[str]) -> tuple[str, str]:
    named = ((role, contract.countries[role]) for role in roles if role in contract.countries)
    found = next(named, None)
    if found is None:
        raise NotInRulebook(Missing.CATEGORY, "no country")
    return found


def _exchange(contract: Contract, currency: str, rulebook: Rulebook) -> ExchangeRate:
    if contract.quoted_rate is None:
        return rulebook.exchange_rate(currency, contract.insured_from)
    return ExchangeRate(contract.quoted_rate, Origin("Stated in the application", sample=False))
