"""Loss notices (損失等発生通知): what is told of a loss, beside the contract it happened to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from libs.common.money import Money

from .contract import Branch, Settlement
from .deadline import Period, deadline_after


class NoticeKind(StrEnum):
    """Whether the goods were shipped when the loss happened (船積前・船積後)."""

    PRE_SHIPMENT = "PRE_SHIPMENT"
    POST_SHIPMENT = "POST_SHIPMENT"


@dataclass(frozen=True, slots=True)
class LossNotice:
    """What a policyholder tells of a loss; a draft may leave anything open.

    Units: `unpaid` in the contract's currency: what was not paid, or before shipment what can no
           longer be shipped.
    """

    kind: NoticeKind
    policy_number: str | None = None
    branch_number: str | None = None
    settlement_slot: int | None = None
    buyer_code: str | None = None
    unpaid: Money | None = None
    cause: str | None = None
    accident_fixed_on: date | None = None
    shipped_on: date | None = None
    due_on: date | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a loss happened (事由): of which notices, and whether it takes an overdue payment."""

    kinds: frozenset[NoticeKind]
    takes_overdue: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rulebook says on a day; without a table of causes none is refused.

    Units: `notice` days from the accident or the due date; `sight` days a payment at sight takes.
    """

    notice: Mapping[NoticeKind, Period]
    sight: Period
    causes: Mapping[str, Cause] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A notice as it would be filed on a day, beside its contract as far as that is known.

    `open_slots` are the settlements of which other notices tell; before shipment the slot is none.
    """

    notice: LossNotice
    branch: Branch | None
    terms: Terms
    received_on: date
    open_slots: frozenset[int | None] = frozenset()

    @cached_property
    def settlement(self) -> Settlement | None:
        """The settlement it tells of: named by slot or due date, or the only one there is."""
        if self.branch is None or self.notice.kind is NoticeKind.PRE_SHIPMENT:
            return None
        named, every = self.notice.settlement_slot, self.branch.settlements
        if named is not None:
            fitting = [it for it in every if it.slot == named]
        else:
            due = [it for it in every if it.due_on and it.due_on == self.notice.due_on]
            fitting = due or list(every)
        return fitting[0] if len(fitting) == 1 else None

    @cached_property
    def due_on(self) -> date | None:
        """The day the payment was due (決済期限): the contract's, else the one that is told."""
        agreed = self.settlement.due_on if self.settlement else None
        return agreed or self.notice.due_on

    @cached_property
    def deadline_on(self) -> date | None:
        """The last day on which it may be filed (通知期限), once its beginning is known."""
        is_pre = self.notice.kind is NoticeKind.PRE_SHIPMENT
        begins_on = self.notice.accident_fixed_on if is_pre else self.due_on
        return begins_on and deadline_after(begins_on, self.terms.notice[self.notice.kind])

    @property
    def sample(self) -> bool:
        """Whether a number counts that nobody has published."""
        takes_usance = self.settlement is not None and self.settlement.due_on is None
        return self.terms.notice[self.notice.kind].sample or (
            takes_usance and self.terms.sight.sample
        )
