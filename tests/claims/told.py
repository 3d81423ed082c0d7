"""Two losses as values, for rules to judge: an unpaid settlement, and goods nobody can ship."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from libs.common.money import Money
from services.claims.domain.contract import Branch, Settlement
from services.claims.domain.deadline import Period
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


def unpaid(**changes: Any) -> Case:
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
