"""What a loss may be: when, how much, for which cause, and told once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from libs.common.money import Money
from services.claims.domain.faults import TEXTS, Fault, FaultKind
from services.claims.domain.judging import judge
from services.claims.domain.loss_notice import LossNotice
from tests.claims.told import (
    CASE,
    DUE,
    LAST_DAY,
    TERMS,
    UNPAID,
    UNSHIPPED,
    against,
    found,
    unpaid,
    unshipped,
)


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (date(2026, 4, 2), ["date-order"]),
        (date(2026, 4, 3), []),
        (LAST_DAY, []),
        (date(2026, 11, 21), ["in-the-future"]),
    ],
)
def test_what_happened_lies_between_the_contract_and_today(day: date, kinds: list[str]) -> None:
    """Given a contract of 3 April, when something happened before it or tomorrow, then no."""
    assert [kind for kind, _ in found(unpaid(shipped_on=day))] == kinds
    before_shipment = [kind for kind, _ in found(unshipped(accident_fixed_on=day))]
    assert [kind for kind in before_shipment if kind != "late"] == kinds


@pytest.mark.parametrize(
    ("amount", "kinds"),
    [("0", ["nothing-unpaid"]), ("0.01", []), ("100000", []), ("100000.01", ["more-than-insured"])],
)
def test_no_more_is_lost_than_is_insured(amount: str, kinds: list[str]) -> None:
    """Given a settlement of 100,000, when a cent more or nothing is told, then it is refused."""
    case = unpaid(unpaid=Money(Decimal(amount), "USD"))

    assert found(case) == [(kind, "unpaid/amount") for kind in kinds]


def test_a_negative_amount_is_no_loss() -> None:
    """Given an amount below zero, when it is told, then it is refused."""
    assert found(unpaid(unpaid=Money(Decimal(-1), "USD"))) == [("nothing-unpaid", "unpaid/amount")]


def test_before_shipment_the_contract_is_insured_by_its_fob_value() -> None:
    """Given 80,000 insured before shipment, when a cent more is told, then it is too much."""
    [fault] = judge(unshipped(unpaid=Money(Decimal("80000.01"), "USD")))

    assert fault.params == {"insured_value": "80000.00 USD"}


def test_what_was_paid_in_advance_is_not_insured_after_shipment() -> None:
    """Given a contract paid in advance, when a payment is missed, then nothing is insured."""
    assert found(against(post_shipment_amount=None)) == [("more-than-insured", "unpaid/amount")]


def test_a_loss_is_told_in_the_contracts_currency() -> None:
    """Given a contract in dollars, when yen are told, then the currency is refused."""
    [fault] = judge(unpaid(unpaid=Money(Decimal(60_000), "JPY")))

    assert (fault.member, fault.params) == ("unpaid/currency", {"currency": "USD"})


@pytest.mark.parametrize(
    ("cause", "kind"), [("99", "cause-unknown"), ("10", "cause-of-other-kind")]
)
def test_a_cause_is_one_of_the_table_and_of_the_kind(cause: str, kind: str) -> None:
    """Given a cause the table does not have, or not for payments, when told, then refused."""
    assert found(unpaid(cause=cause)) == [(kind, "cause")]


def test_where_no_table_of_causes_is_published_none_is_refused() -> None:
    """Given no table, when any cause is named, then it is taken as it is."""
    case = replace(unpaid(cause="99"), terms=replace(TERMS, causes={}))

    assert judge(case) == []


@pytest.mark.parametrize(
    ("received_on", "kinds"), [(DUE, ["not-overdue"]), (date(2026, 10, 7), [])]
)
def test_a_payment_is_overdue_on_the_day_after(received_on: date, kinds: list[str]) -> None:
    """Given a payment due on 6 October, when notified that day, then it is not overdue yet."""
    faults = judge(replace(CASE, received_on=received_on))

    assert [fault.kind for fault in faults] == kinds
    assert [fault.params for fault in faults] == [{"from_on": "2026-10-07"} for _ in kinds]


def test_a_bankruptcy_need_not_wait_for_the_due_date() -> None:
    """Given a payer in bankruptcy, when notified before the due date, then it is taken."""
    assert judge(replace(unpaid(cause="12"), received_on=date(2026, 9, 1))) == []


@pytest.mark.parametrize(
    ("notice", "slots", "member"),
    [(UNPAID, {1}, "settlement_slot"), (UNSHIPPED, {None}, "policy_number")],
)
def test_one_loss_is_told_once(notice: LossNotice, slots: set[int | None], member: str) -> None:
    """Given an open notice on the same loss, when another is filed, then it is refused."""
    twice = replace(CASE, notice=notice, open_slots=frozenset(slots))
    beside = replace(CASE, notice=notice, open_slots=frozenset({2}))

    assert found(twice) == [("already-open", member)]
    assert found(beside) == []


def test_every_fault_has_its_words() -> None:
    """Given every kind of fault, when its words are looked up, then both languages are there."""
    assert TEXTS.keys() == set(FaultKind)
    assert all(text.ja and text.en.endswith(".") for text in TEXTS.values())
    late = Fault(FaultKind.LATE, "due_on", {"deadline_on": "2026-11-20", "days_late": "3"})
    assert late.detail.startswith("提出期限は2026-11-20でした(3日超過)。")
    assert late.detail_en.startswith("The deadline was 2026-11-20; this is 3 days late.")
