"""What an estimate (試算) is asked about, and whether the rulebook knows all that it names."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from .contract import Contract
from .period import after_shipment
from .rulebook import Rulebook
from .tariff import NotInRulebook

_PAID_FROM = "payment_country"


def paid_by(contract: Contract, country_code: str) -> Contract:
    """Let a contract that does not say from which country it is paid be paid from its buyer's."""
    if _PAID_FROM in contract.countries:
        return contract
    return replace(contract, countries={**contract.countries, _PAID_FROM: country_code})


def unknown(contract: Contract, rulebook: Rulebook) -> Iterator[str]:
    """Name what the rulebook is silent on, by the member of the question that asks for it.

    Shape: as a place in the question, e.g. `settlements/0`; nothing where `assess` finds all.
    """
    on = contract.insured_from
    if _is_silent(rulebook.edition, on):
        # Without a tariff nothing else can be looked up.
        yield "contract_date"
        return
    edition = rulebook.edition(on)
    if _is_silent(edition.product, contract.product):
        yield "agreement_code"
    currencies = {amount.currency for amount in contract.amounts.values() if amount}
    if contract.quoted_rate is None and any(
        _is_silent(rulebook.exchange_rate, currency, on) for currency in currencies
    ):
        yield "currency"
    for role, country in contract.countries.items():
        if _is_silent(rulebook.category, country, on):
            yield role
    shipped, rules = contract.last_shipment, rulebook.period_rules(on)
    for place, paid in enumerate(contract.settlements):
        if _is_silent(after_shipment, (paid,), shipped, rules, edition):
            yield f"settlements/{place}"


def _is_silent(look_up: Callable[..., object], *asked: object) -> bool:
    try:
        look_up(*asked)
    except NotInRulebook:
        return True
    return False
