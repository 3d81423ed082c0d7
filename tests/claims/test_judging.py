"""What a loss notice must tell, and how it finds its contract and its settlement."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.claims.domain.contract import Settlement
from services.claims.domain.faults import Fault, FaultKind
from services.claims.domain.judging import judge
from services.claims.domain.loss_notice import LossNotice
from tests.claims.told import (
    BY_DATE,
    BY_USANCE,
    CASE,
    DUE,
    LAST_DAY,
    UNPAID,
    UNSHIPPED,
    against,
    found,
    unpaid,
    unshipped,
)


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
    assert ("missing", member) in found(unpaid(**{member: None}))


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
    assert found(unpaid(accident_fixed_on=DUE)) == [("not-of-this-kind", "accident_fixed_on")]


def test_a_contract_nobody_told_us_of_is_unknown() -> None:
    """Given no such contract, when a notice names it, then that is all there is to say."""
    assert found(replace(CASE, branch=None)) == [("contract-unknown", "policy_number")]


@pytest.mark.parametrize("status", ["CANCELLED", "REDUCED_TO_ZERO"])
def test_a_contract_that_insures_nothing_bears_no_notice(status: str) -> None:
    """Given a contract cancelled or reduced to zero, when notified, then it says so."""
    assert found(against(status=status)) == [("contract-not-active", "policy_number")]


def test_the_buyer_is_one_the_contract_names() -> None:
    """Given a buyer of another contract, when it is named, then it is unknown here."""
    assert found(unpaid(buyer_code="7777777")) == [("buyer-not-named", "buyer_code")]


def test_the_only_settlement_need_not_be_named() -> None:
    """Given one settlement, when none is named, then it is that one, and its due date counts."""
    case = unpaid(settlement_slot=None)

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
    assert found(unpaid(settlement_slot=3)) == [("settlement-unknown", "settlement_slot")]


def test_a_due_date_is_the_contracts() -> None:
    """Given a due date in the contract, when a later one is told, then the contract's is named."""
    [fault] = judge(unpaid(due_on=date(2026, 11, 10)))

    assert (fault.kind, fault.params) == (FaultKind.OTHER_DUE_DATE, {"due_on": "2026-10-06"})
    assert judge(unpaid(due_on=DUE)) == []


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
