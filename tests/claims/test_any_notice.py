"""Any notice at all beside any contract: judged, never a fault of ours."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from libs.common.dates import is_business_day
from libs.common.money import Money
from services.claims.domain.contract import Branch, Settlement
from services.claims.domain.deadline import Period, deadline_after
from services.claims.domain.faults import FaultKind
from services.claims.domain.judging import judge
from services.claims.domain.loss_notice import Case, LossNotice, NoticeKind
from tests.claims.told import TERMS

# What the door lets in; a usance has three digits.
DAYS = some.dates(date(2000, 1, 1), date(2099, 12, 31))
NUMBERS = some.integers(0, 10**13 - 1).map(Decimal)
CODES = some.sampled_from(["1234560", "3344550", "7654320"])
CURRENCIES = some.sampled_from(["USD", "JPY"])

SETTLEMENTS = some.builds(
    Settlement,
    slot=some.integers(1, 5),
    amount=NUMBERS,
    due_on=some.none() | DAYS,
    usance_unit=some.sampled_from(["1", "2", None]),
    usance_period=some.none() | some.integers(1, 999),
)
BRANCHES = some.builds(
    Branch,
    status=some.sampled_from(["ACTIVE", "REDUCED_TO_ZERO", "CANCELLED"]),
    currency=CURRENCIES,
    contract_date=DAYS,
    pre_shipment_amount=NUMBERS,
    post_shipment_amount=some.none() | NUMBERS,
    parties=some.frozensets(CODES),
    settlements=some.lists(SETTLEMENTS, max_size=5).map(tuple),
)
NOTICES = some.builds(
    LossNotice,
    kind=some.sampled_from(NoticeKind),
    policy_number=some.sampled_from(["1020010035726000001", None]),
    branch_number=some.sampled_from(["00", None]),
    settlement_slot=some.none() | some.integers(1, 5),
    buyer_code=some.none() | CODES,
    unpaid=some.none() | some.builds(Money, NUMBERS, CURRENCIES),
    cause=some.sampled_from(["10", "12", "14", "99", None]),
    accident_fixed_on=some.none() | DAYS,
    shipped_on=some.none() | DAYS,
    due_on=some.none() | DAYS,
)
CASES = some.builds(
    Case,
    notice=NOTICES,
    branch=some.none() | BRANCHES,
    terms=some.just(TERMS),
    received_on=DAYS,
    open_slots=some.frozensets(some.none() | some.integers(1, 5)),
)


@given(CASES)
def test_every_notice_is_judged_in_words(case: Case) -> None:
    """Given any notice beside any contract, when judged, then each fault can be told in full."""
    faults = judge(case)

    told = [text for fault in faults for text in (fault.detail, fault.detail_en)]
    assert not any("{" in text for text in told)
    members = {fault.member.partition("/")[0] for fault in faults}
    assert members <= set(LossNotice.__dataclass_fields__)


@given(CASES)
def test_what_can_be_filed_is_whole_and_in_time(case: Case) -> None:
    """Given any notice, when nothing is wrong with it, then all that the others hear is there."""
    if judge(case):
        return

    notice = case.notice
    said = (notice.policy_number, notice.branch_number, notice.buyer_code, notice.cause)
    assert None not in said
    assert notice.unpaid is not None
    assert case.deadline_on is not None
    assert case.received_on <= case.deadline_on
    assert (case.settlement is None) is (notice.kind is NoticeKind.PRE_SHIPMENT)


@given(CASES)
def test_a_late_notice_is_always_found_late(case: Case) -> None:
    """Given any notice, when its deadline has passed, then that is among what is told of it."""
    is_late = case.deadline_on is not None and case.received_on > case.deadline_on

    assert (FaultKind.LATE in {fault.kind for fault in judge(case)}) is is_late


@given(DAYS, some.integers(1, 400))
def test_a_deadline_is_a_business_day_at_most_a_long_holiday_later(day: date, days: int) -> None:
    """Given any day and period, when the deadline is found, then offices work on it."""
    deadline = deadline_after(day, Period(days, sample=False))

    assert is_business_day(deadline)
    assert timedelta(days) <= deadline - day <= timedelta(days + 10)
