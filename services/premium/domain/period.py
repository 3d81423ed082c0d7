"""The days a premium is charged for (保険料計算期間): X in a·X + b, before and after shipment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from libs.common.dates import add_months

from .tariff import Edition, Missing, NotInRulebook

T = TypeVar("T")


class PeriodRule(StrEnum):
    """How a period is counted; the last six are the words of the settlement table.

    Source: domain notes §1.2; ledger notes §12.1.
    """

    UNTIL_SHIPMENT = "UNTIL_SHIPMENT"
    DAYS_30 = "DAYS_30"
    USANCE_DAYS = "USANCE_DAYS"
    USANCE_DAYS_PLUS_30 = "USANCE_DAYS_PLUS_30"
    LS_TO_LP = "LS_TO_LP"
    LS_TO_MP = "LS_TO_MP"
    NONE = "NONE"


class UsanceUnit(StrEnum):
    """What a usance is counted in (ユーザンス月日指定)."""

    MONTHS = "1"
    DAYS = "2"


@dataclass(frozen=True, slots=True)
class Settlement:
    """One way in which a contract is paid (決済), with its usance or its due date."""

    slot: int
    method: str
    usance_unit: UsanceUnit | None = None
    usance_period: int | None = None
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The days a phase is charged for (X), and where they come from.

    Units:  `counted` days by the calendar or the terms, `charged` at least the tariff's minimum;
            `slot` the settlement that runs longest.
    """

    rule: PeriodRule
    working: str
    counted: int
    charged: int
    slot: int | None = None
    method: str | None = None


def before_shipment(insured_from: date, last_shipment: date, edition: Edition) -> Period:
    """Count from the day cover begins to the last shipment (船積前).

    Source: domain notes §1.1.
    """
    days = (last_shipment - insured_from).days
    working = f"{insured_from} → {last_shipment}"
    return Period(PeriodRule.UNTIL_SHIPMENT, working, days, max(days, edition.minimum_days))


def after_shipment(
    settlements: Sequence[Settlement],
    last_shipment: date,
    rules: Mapping[str, PeriodRule],
    edition: Edition,
) -> Period | None:
    """Count from shipment to payment (船積後); of several settlements the longest is used.

    A contract whose settlements all have no period, such as payment in advance, has none.
    Source: domain notes §1.1 (longest, minimum), §1.2 (the LS column).
    """
    counted = [_one(paid, last_shipment, _rule(paid, rules), edition) for paid in settlements]
    return max(
        (period for period in counted if period is not None),
        key=lambda period: period.counted,
        default=None,
    )


def _one(
    paid: Settlement, last_shipment: date, rule: PeriodRule, edition: Edition
) -> Period | None:
    sight = edition.sight_days
    match rule:
        case PeriodRule.NONE:
            return None
        case PeriodRule.DAYS_30:
            days, working = sight, "at sight"
        case PeriodRule.USANCE_DAYS:
            days, working = _usance(paid, last_shipment)
        case PeriodRule.USANCE_DAYS_PLUS_30:
            usance, working = _usance(paid, last_shipment)
            days, working = usance + sight, f"{working} + {sight}"
        case _:
            due = _told(paid.due_date, paid)
            days, working = (due - last_shipment).days, f"{last_shipment} → {due}"
    return Period(rule, working, days, max(days, edition.minimum_days), paid.slot, paid.method)


def _usance(paid: Settlement, last_shipment: date) -> tuple[int, str]:
    period = _told(paid.usance_period, paid)
    if paid.usance_unit is UsanceUnit.DAYS:
        return period, f"{period} days"
    # Months have no length of their own: they are laid out from the last shipment.
    until = add_months(last_shipment, period)
    return (until - last_shipment).days, f"{period} months, {last_shipment} → {until}"


def _rule(paid: Settlement, rules: Mapping[str, PeriodRule]) -> PeriodRule:
    try:
        return rules[paid.method]
    except KeyError:
        raise NotInRulebook(Missing.SETTLEMENT_METHOD, paid.method) from None


def _told(value: T | None, paid: Settlement) -> T:
    if value is None:
        raise NotInRulebook(Missing.SETTLEMENT_METHOD, f"{paid.method} without its term")
    return value
