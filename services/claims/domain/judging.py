"""What a loss notice is judged by (通知内容の審査): each rule yields the faults it finds.

Source: domain notes §6.1 (notices and their deadlines) and §6.2 (what a loss is measured against).
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from libs.common.money import Money

from .contract import Branch, Settlement
from .deadline import days_late
from .faults import Fault, FaultKind
from .loss_notice import Case, NoticeKind


def judge(case: Case) -> list[Fault]:
    """Find everything for which a notice would be refused (通知内容の審査)."""
    return [fault for rule in _RULES for fault in rule(case)]


_ALWAYS = ("policy_number", "branch_number", "buyer_code", "unpaid", "cause")
_NEEDED = {
    NoticeKind.PRE_SHIPMENT: (*_ALWAYS, "accident_fixed_on"),
    NoticeKind.POST_SHIPMENT: (*_ALWAYS, "shipped_on"),
}
_FOREIGN = {
    NoticeKind.PRE_SHIPMENT: ("settlement_slot", "shipped_on", "due_on"),
    NoticeKind.POST_SHIPMENT: ("accident_fixed_on",),
}


def _complete(case: Case) -> Iterator[Fault]:
    notice = case.notice
    for member in _NEEDED[notice.kind]:
        if getattr(notice, member) is None:
            yield Fault(FaultKind.MISSING, member)
    for member in _FOREIGN[notice.kind]:
        if getattr(notice, member) is not None:
            yield Fault(FaultKind.NOT_OF_THIS_KIND, member)


def _contract(case: Case) -> Iterator[Fault]:
    notice, branch = case.notice, case.branch
    if branch is None:
        if notice.policy_number and notice.branch_number:
            yield Fault(FaultKind.CONTRACT_UNKNOWN, "policy_number")
        return
    if not branch.is_active:
        yield Fault(FaultKind.CONTRACT_NOT_ACTIVE, "policy_number")
    if notice.buyer_code is not None and notice.buyer_code not in branch.parties:
        yield Fault(FaultKind.BUYER_NOT_NAMED, "buyer_code")


def _settlement(case: Case) -> Iterator[Fault]:
    notice, branch = case.notice, case.branch
    if branch is None or notice.kind is NoticeKind.PRE_SHIPMENT:
        return
    if case.settlement is None:
        is_named = notice.settlement_slot is not None or not branch.settlements
        kind = FaultKind.SETTLEMENT_UNKNOWN if is_named else FaultKind.SETTLEMENT_UNCLEAR
        yield Fault(kind, "settlement_slot")
    elif case.settlement.due_on is None:
        yield from _due_by_usance(case, case.settlement)
    elif notice.due_on not in (None, case.due_on):
        yield Fault(FaultKind.OTHER_DUE_DATE, "due_on", {"due_on": str(case.due_on)})


def _due_by_usance(case: Case, settlement: Settlement) -> Iterator[Fault]:
    """Ask for a due date that the contract leaves to the shipment, and hold it to its usance."""
    due_on, shipped_on = case.notice.due_on, case.notice.shipped_on
    if due_on is None:
        yield Fault(FaultKind.MISSING, "due_on")
    elif shipped_on is not None:
        latest_on = settlement.due_after(shipped_on) + timedelta(days=case.terms.sight.days)
        if due_on < shipped_on:
            yield Fault(FaultKind.DATE_ORDER, "due_on", {"earliest_on": str(shipped_on)})
        elif due_on > latest_on:
            yield Fault(FaultKind.DUE_TOO_LATE, "due_on", {"latest_on": str(latest_on)})


def _dates(case: Case) -> Iterator[Fault]:
    for member in ("accident_fixed_on", "shipped_on"):
        day = getattr(case.notice, member)
        if day is None:
            continue
        if day > case.received_on:
            yield Fault(FaultKind.IN_THE_FUTURE, member)
        elif case.branch is not None and day < case.branch.contract_date:
            concluded_on = str(case.branch.contract_date)
            yield Fault(FaultKind.DATE_ORDER, member, {"earliest_on": concluded_on})


def _amount(case: Case) -> Iterator[Fault]:
    """Compare a loss with what is insured (保険価額): cover and indemnity ratios come with a claim.

    Source: domain notes §6.2.
    """
    unpaid, branch = case.notice.unpaid, case.branch
    if unpaid is None:
        return
    if unpaid.amount <= 0:
        yield Fault(FaultKind.NOTHING_UNPAID, "unpaid/amount")
    if branch is None:
        return
    if unpaid.currency != branch.currency:
        yield Fault(FaultKind.OTHER_CURRENCY, "unpaid/currency", {"currency": branch.currency})
        return
    insured = _insured_value(case, branch)
    if insured is not None and unpaid > insured:
        yield Fault(FaultKind.MORE_THAN_INSURED, "unpaid/amount", {"insured_value": str(insured)})


def _insured_value(case: Case, branch: Branch) -> Money | None:
    """Give what is insured of the settlement, and before shipment of the whole contract."""
    if case.notice.kind is NoticeKind.PRE_SHIPMENT:
        return branch.money(branch.pre_shipment_amount)
    if not branch.post_shipment_amount:
        return branch.money(None)
    return branch.money(case.settlement.amount) if case.settlement else None


def _cause(case: Case) -> Iterator[Fault]:
    named, causes = case.notice.cause, case.terms.causes
    if named is None or not causes:
        return
    if (cause := causes.get(named)) is None:
        yield Fault(FaultKind.CAUSE_UNKNOWN, "cause")
    elif case.notice.kind not in cause.kinds:
        yield Fault(FaultKind.CAUSE_OF_OTHER_KIND, "cause")
    elif cause.takes_overdue and case.due_on is not None and case.received_on <= case.due_on:
        from_on = str(case.due_on + timedelta(days=1))
        yield Fault(FaultKind.NOT_OVERDUE, "due_on", {"from_on": from_on})


def _novelty(case: Case) -> Iterator[Fault]:
    is_pre = case.notice.kind is NoticeKind.PRE_SHIPMENT
    if is_pre and None in case.open_slots:
        yield Fault(FaultKind.ALREADY_OPEN, "policy_number")
    if case.settlement is not None and case.settlement.slot in case.open_slots:
        yield Fault(FaultKind.ALREADY_OPEN, "settlement_slot")


def _deadline(case: Case) -> Iterator[Fault]:
    if case.deadline_on is None or case.received_on <= case.deadline_on:
        return
    is_pre = case.notice.kind is NoticeKind.PRE_SHIPMENT
    late = str(days_late(case.received_on, case.deadline_on))
    params = {"deadline_on": str(case.deadline_on), "days_late": late}
    yield Fault(FaultKind.LATE, "accident_fixed_on" if is_pre else "due_on", params)


_RULES: tuple[Callable[[Case], Iterator[Fault]], ...] = (
    _complete,
    _contract,
    _settlement,
    _dates,
    _amount,
    _cause,
    _novelty,
    _deadline,
)
