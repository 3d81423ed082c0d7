"""Notification: until when a significant change is told, and what is told too late."""

from datetime import date, timedelta

import pytest

from .changing import (
    VALVES,
    after,
    change,
    changed,
    contract,
    increase,
    restated,
    result,
    rules,
    split,
    whole,
)
from .given import USA, Application


def _on(day: date, **items: str | None) -> tuple[Application, dict[str, date]]:
    return change(application_date=f"{day:%y%m%d}", **items), {"received_on": day}


def test_a_significant_change_is_notified_within_a_month() -> None:
    """Given a change of 1 September, when told on 2 October, then L130 warns; on the 1st, not."""
    in_time, on_the_first = _on(date(2026, 10, 1))
    late, on_the_second = _on(date(2026, 10, 2))

    assert rules(in_time, **on_the_first) == []
    assert rules(late, **on_the_second) == ["L130"]
    told = result(late, **on_the_second)
    assert (told["notify_by"], told["late_notification"]) == (date(2026, 10, 1), True)
    assert result(in_time, **on_the_first)["late_notification"] is False


def test_the_month_ends_with_a_short_month() -> None:
    """Given a change of 31 January, when February has no such day, then its last is the limit."""
    request, on = _on(date(2027, 2, 28), contract_change_date="270131")

    assert result(request, **on)["notify_by"] == date(2027, 2, 28)


def test_other_changes_may_be_told_late() -> None:
    """Given a change that is not significant, when told late, then nobody minds."""
    late = changed("99", reference_number="R-2", contract_change_date="260720")

    assert rules(late) == []
    assert result(late)["notify_by"] is None


def test_a_change_may_be_asked_for_beforehand() -> None:
    """Given the 10th, when the change is of the 11th, then L131 warns; of the 10th, not."""
    assert rules(change(contract_change_date="260910")) == []
    assert rules(change(contract_change_date="260911")) == ["L131"]


@pytest.mark.parametrize(
    ("terms", "limit"),
    [
        ({}, date(2027, 2, 28)),
        ({"usance_unit_1": "1", "usance_period_1": "3"}, date(2027, 2, 28)),
        ({"usance_period_1": "91"}, date(2027, 2, 28)),
        ({"usance_period_1": "121"}, date(2027, 3, 28)),
        (
            {
                "settlement_method_1": "49",
                "usance_unit_1": None,
                "usance_period_1": None,
                "due_date_1": "270115",
            },
            date(2027, 2, 15),
        ),
        (
            {"settlement_method_1": "40", "usance_unit_1": None, "usance_period_1": None},
            date(2026, 12, 29),
        ),
    ],
    ids=str,
)
def test_nothing_is_told_after_the_cover(terms: dict[str, str | None], limit: date) -> None:
    """Given what was due, when a month has passed since, then L138 warns the day after."""
    states = contract(whole(**terms))
    recent = f"{limit - timedelta(days=10):%y%m%d}"
    last, on_the_last = _on(limit, contract_change_date=recent)
    late, the_day_after = _on(limit + timedelta(days=1), contract_change_date=recent)

    assert rules(last, states=states, **on_the_last) == []
    assert rules(late, states=states, **the_day_after) == ["L138"]
    assert result(late, states=states, **the_day_after)["notify_by"] == limit


def test_what_was_first_declared_counts() -> None:
    """Given a usance that was extended, when a change is told, then the first one is the limit."""
    extended = after(contract(), changed("15", settlement_flag_1="2", usance_period_1="300"))
    request, on = _on(date(2027, 3, 1), contract_change_date="270215")

    assert rules(request, states=extended, **on) == ["L138"]


def test_a_part_is_measured_by_what_it_was_part_of() -> None:
    """Given a part of a part with later shipments, when it changes, then the first ones count."""
    later = {"shipment_flag": "2", "last_shipment_date": "270630"}
    states = after(contract(), *split(**later))
    rest = changed("12", branch_number="01", **restated("60000"))
    part = split(branch_number="02", original_branch_number="01", **restated("40000"))[1]
    states = after(states, rest, {**part, "destination_country": USA}, upload="upload_3")
    request, on = _on(
        date(2027, 3, 1), contract_change_date="270215", branch_number="02", goods_hs_code=VALVES
    )

    assert rules(request, states=states, **on) == ["L138"]


def test_an_increase_is_measured_by_itself() -> None:
    """Given an increase shipped later, when it is told in time for itself, then nobody minds."""
    later = increase(
        last_shipment_date="270630", contract_change_date="270215", application_date="270301"
    )

    assert rules(later, received_on=date(2027, 3, 1)) == []
