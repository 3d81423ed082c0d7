"""What can be wrong with a loss notice (損失等発生通知): each fault in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """Each thing a loss notice can be refused for."""

    MISSING = "missing"
    NOT_OF_THIS_KIND = "not-of-this-kind"
    CONTRACT_UNKNOWN = "contract-unknown"
    CONTRACT_NOT_ACTIVE = "contract-not-active"
    BUYER_NOT_NAMED = "buyer-not-named"
    SETTLEMENT_UNKNOWN = "settlement-unknown"
    SETTLEMENT_UNCLEAR = "settlement-unclear"
    OTHER_DUE_DATE = "other-due-date"
    DUE_TOO_LATE = "due-too-late"
    DATE_ORDER = "date-order"
    IN_THE_FUTURE = "in-the-future"
    NOT_OVERDUE = "not-overdue"
    OTHER_CURRENCY = "other-currency"
    NOTHING_UNPAID = "nothing-unpaid"
    MORE_THAN_INSURED = "more-than-insured"
    CAUSE_UNKNOWN = "cause-unknown"
    CAUSE_OF_OTHER_KIND = "cause-of-other-kind"
    ALREADY_OPEN = "already-open"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Text:
    """How a fault is told: its code on the wire, and its words, with places for `params`."""

    code: str
    ja: str
    en: str


TEXTS = {
    FaultKind.MISSING: Text("required", "必須項目です。", "This item is required."),
    FaultKind.NOT_OF_THIS_KIND: Text(
        "not-allowed-here",
        "この種別の通知では使用しない項目です。",
        "A notice of this kind does not have this item.",
    ),
    FaultKind.CONTRACT_UNKNOWN: Text(
        "unknown-reference",
        "貴社の契約にこの証券番号・枝番のものはありません。",
        "Your company has no contract with this policy and branch number.",
    ),
    FaultKind.CONTRACT_NOT_ACTIVE: Text(
        "unknown-reference",
        "この契約は取消または0円への減額により、現在有効ではありません。",
        "This contract was cancelled or reduced to zero and insures nothing now.",
    ),
    FaultKind.BUYER_NOT_NAMED: Text(
        "unknown-reference",
        "この契約の支払人・売契約相手方・保証人のいずれでもありません。",
        "This contract names no such payer, counterparty or guarantor.",
    ),
    FaultKind.SETTLEMENT_UNKNOWN: Text(
        "unknown-reference",
        "この契約にこの決済欄はありません。",
        "This contract has no such settlement.",
    ),
    FaultKind.SETTLEMENT_UNCLEAR: Text(
        "required",
        "複数の決済があります。決済欄の番号を指定してください。",
        "The contract is paid in several settlements: say which.",
    ),
    FaultKind.OTHER_DUE_DATE: Text(
        "unknown-reference",
        "契約上の決済期限は{due_on}です。変更された場合は、先に内容変更を申請してください。",
        "By the contract it is due on {due_on}; if that has changed, apply for the change first.",
    ),
    FaultKind.DUE_TOO_LATE: Text(
        "out-of-range",
        "契約上のユーザンスによる決済期限は遅くとも{latest_on}です。",
        "By the usance of the contract it is due on {latest_on} at the latest.",
    ),
    FaultKind.DATE_ORDER: Text(
        "date-order",
        "{earliest_on}以後の日付としてください。",
        "This cannot be before {earliest_on}.",
    ),
    FaultKind.IN_THE_FUTURE: Text(
        "date-order", "まだ到来していない日付です。", "This day has not come yet."
    ),
    FaultKind.NOT_OVERDUE: Text(
        "date-order",
        "決済期限をまだ経過していません。この事由による通知は{from_on}から提出できます。",
        "It is not overdue yet; a notice for this cause may be filed from {from_on}.",
    ),
    FaultKind.OTHER_CURRENCY: Text(
        "not-allowed-here",
        "契約の通貨は{currency}です。",
        "The contract is in {currency}.",
    ),
    FaultKind.NOTHING_UNPAID: Text(
        "out-of-range", "0を超える金額としてください。", "The amount is above zero."
    ),
    FaultKind.MORE_THAN_INSURED: Text(
        "out-of-range",
        "保険価額は{insured_value}です。これを超える金額は通知できません。",
        "The insured value is {insured_value}; no more can be lost.",
    ),
    FaultKind.CAUSE_UNKNOWN: Text(
        "not-in-code-table",
        "コード表 loss_causes にない事由です。",
        "The code table loss_causes has no such cause.",
    ),
    FaultKind.CAUSE_OF_OTHER_KIND: Text(
        "not-allowed-here",
        "この種別の通知では使用できない事由です。",
        "A notice of this kind is not for this cause.",
    ),
    FaultKind.ALREADY_OPEN: Text(
        "duplicate-key",
        "この決済については通知が既に提出されています。取り下げてから再提出してください。",
        "A notice on this is already open; withdraw it before filing another.",
    ),
    FaultKind.LATE: Text(
        "out-of-range",
        "提出期限は{deadline_on}でした({days_late}日超過)。決済期限が変更されている場合は先に内容変更を、"
        "それ以外は遅延理由書を添えて書面でご相談ください。",
        "The deadline was {deadline_on}; this is {days_late} days late. If the due date was moved,"
        " apply for that change first; otherwise write to us with the reason for the delay.",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend in a loss notice, and the member it is in (`unpaid/amount`)."""

    kind: FaultKind
    member: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Its item code on the wire."""
        return TEXTS[self.kind].code

    @property
    def detail(self) -> str:
        """Say it in Japanese."""
        return TEXTS[self.kind].ja.format(**self.params)

    @property
    def detail_en(self) -> str:
        """Say it in English."""
        return TEXTS[self.kind].en.format(**self.params)
