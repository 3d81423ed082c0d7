"""What a loss notice is refused for, edge by edge."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from libs.common.money import Money
from services.claims.domain.contract import Branch, Settlement
from services.claims.domain.deadline import Period
from services.claims.domain.faults import TEXTS, Fault, FaultKind
from services.claims.domain.judging import judge
from services.claims.domain.loss_notice import Case, Cause, LossNotice, NoticeKind, Terms

PRE, POST = NoticeKind.PRE_SHIPMENT, NoticeKind.POST_SHIPMENT
DUE, LAST_DAY = date(2026, 10, 6), date(2026, 11, 20)
CAUSES = {
    "10": Cause(frozenset({PRE}), takes_overdue=False),
    "12": Cause(frozenset({PRE, POST}), takes_overdue=False),
    "14": Cause(frozenset({POST}), takes_overdue=True),
}
PERIOD = Period(45, sample=False)
TERMS = Terms({PRE: PERIOD, POST: PERIOD}, sight=Period(30, sample=True), causes=CAUSES)
BY_DATE = Settlement(1, Decimal(100_000), due_on=DUE)
BY_USANCE = Settlement(1, Decimal(100_000), usance_unit="2", usance_period=90)
BRANCH = Branch(
    status="ACTIVE",
    currency="USD",
    contract_date=date(2026, 4, 3),
    pre_shipment_amount=Decimal(80_000),
    post_shipment_amount=Decimal(100_000),
    parties=frozenset({"1234560", "3344550"}),
    settlements=(BY_DATE,),
)
UNPAID = LossNotice(
    POST,
    policy_number="1020010035726000001",
    branch_number="00",
    settlement_slot=1,
    buyer_code="1234560",
    unpaid=Money(Decimal(60_000), "USD"),
    cause="14",
    shipped_on=date(2026, 7, 8),
)
UNSHIPPED = LossNotice(
    PRE,
    policy_number="1020010035726000001",
    branch_number="00",
    buyer_code="3344550",
    unpaid=Money(Decimal(80_000), "USD"),
    cause="10",
    accident_fixed_on=DUE,
)
CASE = Case(UNPAID, BRANCH, TERMS, LAST_DAY)


def told(**changes: Any) -> Case:
    """The payment that did not come, told otherwise."""
    return replace(CASE, notice=replace(UNPAID, **changes))


def unshipped(**changes: Any) -> Case:
    """The goods that cannot be shipped, told otherwise."""
    return replace(CASE, notice=replace(UNSHIPPED, **changes))


def against(*settlements: Settlement, notice: LossNotice = UNPAID, **changes: Any) -> Case:
    """The notice, against another contract."""
    branch = replace(BRANCH, settlements=settlements or (BY_DATE,), **changes)
    return replace(CASE, branch=branch, notice=notice)


def found(case: Case) -> list[tuple[str, str]]:
    """What is found, by kind and member."""
    return [(fault.kind.value, fault.member) for fault in judge(case)]


@pytest.mark.parametrize("notice", [UNPAID, UNSHIPPED], ids=["unpaid", "unshipped"])
def test_a_complete_notice_is_filed_on_the_forty_fifth_day(notice: LossNotice) -> None:
    """Given a complete notice, when it is received on the 45th day, then nothing is wrong."""
    case = replace(CASE, notice=notice)

    assert (judge(case), case.deadline_on, case.sample) == ([], LAST_DAY, False)


@pytest.mark.parametrize(
    ("notice", "member"), [(UNPAID, "due_on"), (UNSHIPPED, "accident_fixed_on")]
)
def test_on_the_forty_sixth_day_it_is_late(notice: LossNotice, member: str) -> None:
    """Given a complete notice, when received a day later, then it says by how much it is late."""
    case = replace(CASE, notice=notice, received_on=date(2026, 11, 21))

    params = {"deadline_on": "2026-11-20", "days_late": "1"}
    assert judge(case) == [Fault(FaultKind.LATE, member, params)]


@pytest.mark.parametrize(
    "member", ["policy_number", "branch_number", "buyer_code", "unpaid", "cause", "shipped_on"]
)
def test_what_is_needed_after_shipment(member: str) -> None:
    """Given a notice of a payment, when one item is missing, then it is named."""
    assert ("missing", member) in found(told(**{member: None}))


def test_what_is_needed_before_shipment() -> None:
    """Given a notice of goods, when nothing is told, then each item it needs is named."""
    everything = dict.fromkeys(
        ("policy_number", "branch_number", "buyer_code", "unpaid", "cause", "accident_fixed_on")
    )
    case = replace(unshipped(**everything), branch=None)

    assert found(case) == [("missing", member) for member in everything]


def test_each_kind_has_its_own_items() -> None:
    """Given items of the other kind, when a notice names them, then they do not belong there."""
    foreign = unshipped(settlement_slot=1, shipped_on=DUE, due_on=DUE)

    assert found(foreign) == [
        ("not-of-this-kind", member) for member in ("settlement_slot", "shipped_on", "due_on")
    ]
    assert found(told(accident_fixed_on=DUE)) == [("not-of-this-kind", "accident_fixed_on")]


def test_a_contract_nobody_told_us_of_is_unknown() -> None:
    """Given no such contract, when a notice names it, then that is all there is to say."""
    assert found(replace(CASE, branch=None)) == [("contract-unknown", "policy_number")]


@pytest.mark.parametrize("status", ["CANCELLED", "REDUCED_TO_ZERO"])
def test_a_contract_that_insures_nothing_bears_no_notice(status: str) -> None:
    """Given a contract cancelled or reduced to zero, when notified, then it says so."""
    assert found(against(status=status)) == [("contract-not-active", "policy_number")]


def test_the_buyer_is_one_the_contract_names() -> None:
    """Given a buyer of another contract, when it is named, then it is unknown here."""
    assert found(told(buyer_code="7777777")) == [("buyer-not-named", "buyer_code")]


def test_the_only_settlement_need_not_be_named() -> None:
    """Given one settlement, when none is named, then it is that one, and its due date counts."""
    case = told(settlement_slot=None)

    assert judge(case) == []
    assert (case.settlement, case.due_on) == (BY_DATE, DUE)


def test_of_several_settlements_one_is_named_by_slot_or_due_date() -> None:
    """Given two settlements, when one is named by its due date or its slot, then it is found."""
    later = Settlement(2, Decimal(50_000), due_on=date(2026, 11, 6))
    open_notice = replace(UNPAID, settlement_slot=None)

    by_date = against(BY_DATE, later, notice=replace(open_notice, due_on=later.due_on))
    by_slot = against(BY_DATE, later, notice=replace(UNPAID, settlement_slot=2))
    unclear = against(BY_DATE, later, notice=open_notice)

    assert by_date.settlement == by_slot.settlement == later
    assert found(unclear) == [("settlement-unclear", "settlement_slot")]


def test_a_settlement_the_contract_does_not_have_is_unknown() -> None:
    """Given one settlement, when a third is named, then there is none."""
    assert found(told(settlement_slot=3)) == [("settlement-unknown", "settlement_slot")]


def test_a_due_date_is_the_contracts() -> None:
    """Given a due date in the contract, when a later one is told, then the contract's is named."""
    [fault] = judge(told(due_on=date(2026, 11, 10)))

    assert (fault.kind, fault.params) == (FaultKind.OTHER_DUE_DATE, {"due_on": "2026-10-06"})
    assert judge(told(due_on=DUE)) == []


@pytest.mark.parametrize(
    ("due_on", "kinds"),
    [
        (None, ["missing"]),
        (date(2026, 7, 7), ["date-order"]),
        (date(2026, 10, 6), []),
        (date(2026, 11, 5), []),  # 90 days from shipment, and 30 for sight
        (date(2026, 11, 6), ["due-too-late"]),
    ],
)
def test_a_due_date_by_usance_lies_within_it(due_on: date | None, kinds: list[str]) -> None:
    """Given 90 days after shipment on 8 July, when a due date is told, then it must fit."""
    case = against(BY_USANCE, notice=replace(UNPAID, due_on=due_on))

    kept = [(kind, member) for kind, member in found(case) if kind != "late"]
    assert kept == [(kind, "due_on") for kind in kinds]
    assert case.sample is True


def test_a_usance_in_months_ends_with_the_month() -> None:
    """Given one month after 31 January, when counted, then it is the last of February."""
    monthly = Settlement(1, Decimal(1), usance_unit="1", usance_period=1)

    assert monthly.due_after(date(2026, 1, 31)) == date(2026, 2, 28)
    assert Settlement(1, Decimal(1)).due_after(DUE) == DUE


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
    assert [kind for kind, _ in found(told(shipped_on=day))] == kinds
    before_shipment = [kind for kind, _ in found(unshipped(accident_fixed_on=day))]
    assert [kind for kind in before_shipment if kind != "late"] == kinds


@pytest.mark.parametrize(
    ("amount", "kinds"),
    [("0", ["nothing-unpaid"]), ("0.01", []), ("100000", []), ("100000.01", ["more-than-insured"])],
)
def test_no_more_is_lost_than_is_insured(amount: str, kinds: list[str]) -> None:
    """Given a settlement of 100,000, when a cent more or nothing is told, then it is refused."""
    case = told(unpaid=Money(Decimal(amount), "USD"))

    assert found(case) == [(kind, "unpaid/amount") for kind in kinds]


def test_a_negative_amount_is_no_loss() -> None:
    """Given an amount below zero, when it is told, then it is refused."""
    assert found(told(unpaid=Money(Decimal(-1), "USD"))) == [("nothing-unpaid", "unpaid/amount")]


def test_before_shipment_the_contract_is_insured_by_its_fob_value() -> None:
    """Given 80,000 insured before shipment, when a cent more is told, then it is too much."""
    [fault] = judge(unshipped(unpaid=Money(Decimal("80000.01"), "USD")))

    assert fault.params == {"insured_value": "80000.00 USD"}


def test_what_was_paid_in_advance_is_not_insured_after_shipment() -> None:
    """Given a contract paid in advance, when a payment is missed, then nothing is insured."""
    assert found(against(post_shipment_amount=None)) == [("more-than-insured", "unpaid/amount")]


def test_a_loss_is_told_in_the_contracts_currency() -> None:
    """Given a contract in dollars, when yen are told, then the currency is refused."""
    [fault] = judge(told(unpaid=Money(Decimal(60_000), "JPY")))

    assert (fault.member, fault.params) == ("unpaid/currency", {"currency": "USD"})


@pytest.mark.parametrize(
    ("cause", "kind"), [("99", "cause-unknown"), ("10", "cause-of-other-kind")]
)
def test_a_cause_is_one_of_the_table_and_of_the_kind(cause: str, kind: str) -> None:
    """Given a cause the table does not have, or not for payments, when told, then refused."""
    assert found(told(cause=cause)) == [(kind, "cause")]


def test_where_no_table_of_causes_is_published_none_is_refused() -> None:
    """Given no table, when any cause is named, then it is taken as it is."""
    case = replace(told(cause="99"), terms=replace(TERMS, causes={}))

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
    assert judge(replace(told(cause="12"), received_on=date(2026, 9, 1))) == []


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
