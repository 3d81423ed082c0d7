"""Days charged before and after shipment."""

from datetime import date

import pytest

from services.premium.domain.period import (
    PeriodRule,
    Settlement,
    UsanceUnit,
    after_shipment,
    before_shipment,
)
from services.premium.domain.tariff import Missing, NotInRulebook

from . import given

SHIPPED = date(2008, 8, 31)


def charged(*settlements: Settlement, shipped: date = SHIPPED) -> int | None:
    """Give the days charged after shipment."""
    period = after_shipment(settlements, shipped, given.PERIOD_RULES, given.EDITION)
    return None if period is None else period.charged


@pytest.mark.parametrize(("last_shipment", "days"), [(1, 30), (30, 30), (31, 30)])
def test_fewer_than_thirty_days_are_charged_as_thirty(last_shipment: int, days: int) -> None:
    """Given a shipment within thirty days of the conclusion, then thirty days are charged."""
    period = before_shipment(date(2008, 5, 1), date(2008, 5, last_shipment), given.EDITION)

    assert (period.counted, period.charged) == (last_shipment - 1, days)


def test_the_thirty_first_day_is_charged() -> None:
    """Given a shipment thirty-one days after the conclusion, then thirty-one days are charged."""
    period = before_shipment(date(2008, 5, 1), date(2008, 6, 1), given.EDITION)

    assert period.charged == 31


def test_a_shipment_before_the_conclusion_is_charged_the_least() -> None:
    """Given goods that left before the contract was concluded, then thirty days are charged."""
    period = before_shipment(date(2008, 5, 1), date(2008, 4, 1), given.EDITION)

    assert (period.counted, period.charged) == (-30, 30)


@pytest.mark.parametrize(
    ("settlement", "days"),
    [
        (Settlement(1, "10"), 30),
        (Settlement(1, "20", UsanceUnit.DAYS, 29), 30),
        (Settlement(1, "20", UsanceUnit.DAYS, 31), 31),
        (Settlement(1, "20", UsanceUnit.DAYS, 90), 90),
        (Settlement(1, "21", UsanceUnit.DAYS, 90), 120),
        (Settlement(1, "21", UsanceUnit.DAYS, 1), 31),
        (Settlement(1, "49", due_date=date(2008, 9, 30)), 30),
        (Settlement(1, "49", due_date=date(2008, 10, 1)), 31),
        (Settlement(1, "70", due_date=date(2009, 8, 31)), 365),
        (Settlement(1, "60"), None),
    ],
)
def test_each_settlement_has_its_own_period(settlement: Settlement, days: int | None) -> None:
    """Given one way of paying, then its rule in the settlement table says how long it runs."""
    assert charged(settlement) == days


@pytest.mark.parametrize(
    ("shipped", "months", "days"),
    [
        (date(2008, 8, 31), 1, 30),
        (date(2008, 8, 31), 6, 181),
        (date(2007, 12, 31), 2, 60),
        (date(2008, 12, 31), 2, 59),
        (date(2008, 1, 31), 12, 366),
    ],
)
def test_months_are_laid_out_from_the_last_shipment(shipped: date, months: int, days: int) -> None:
    """Given a usance in months, then the calendar after the last shipment gives the days."""
    assert charged(Settlement(1, "20", UsanceUnit.MONTHS, months), shipped=shipped) == days


def test_the_longest_of_several_settlements_is_charged() -> None:
    """Given three ways of paying in one contract, then the one that runs longest counts."""
    period = after_shipment(
        [
            Settlement(1, "60"),
            Settlement(2, "20", UsanceUnit.DAYS, 90),
            Settlement(3, "49", due_date=date(2008, 12, 1)),
        ],
        SHIPPED,
        given.PERIOD_RULES,
        given.EDITION,
    )

    assert period is not None
    assert (period.slot, period.rule, period.charged) == (3, PeriodRule.LS_TO_LP, 92)


def test_a_method_outside_the_table_is_not_guessed() -> None:
    """Given a settlement method the table does not have, then the rulebook is silent."""
    with pytest.raises(NotInRulebook) as silence:
        charged(Settlement(1, "97"))

    assert silence.value.missing is Missing.SETTLEMENT_METHOD


def test_a_usance_that_is_not_stated_is_not_guessed() -> None:
    """Given a method that asks for a usance and none is stated, then the rulebook is silent."""
    with pytest.raises(NotInRulebook):
        charged(Settlement(1, "20"))
