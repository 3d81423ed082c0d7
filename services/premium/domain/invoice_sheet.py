"""What an invoice says on paper (保険料請求書), in Japanese or in English."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from libs.common.money import Money


class Language(StrEnum):
    """The languages an invoice is printed in."""

    JAPANESE = "ja"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the sheet: what it is, and what stands there."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """An issued invoice, as far as it is printed; the holder's name, if it was told."""

    number: str
    policyholder_code: str
    holder_name: str | None
    agreement_code: str
    month: str
    issued_on: date
    due_on: date | None
    total: Money
    line_count: int
    sample: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """An invoice's one sheet, every word of it."""

    language: str
    title: str
    number: str
    addressee: str
    opening: str
    amount: Entry
    rows: tuple[Entry, ...]
    notes: tuple[str, ...]
    insurer: str


def sheet(invoice: IssuedInvoice, language: Language) -> Sheet:
    """Write an invoice's sheet in a language."""
    say = _WORDS[language]
    gives_back = invoice.total.amount < 0
    due = _day(invoice.due_on, language) if invoice.due_on else say["nothing_due"]
    values = {
        "policyholder_code": invoice.policyholder_code,
        "agreement_code": invoice.agreement_code,
        "month": invoice.month,
        "line_count": f"{invoice.line_count:,}",
        "issued_on": _day(invoice.issued_on, language),
        "due_on": due,
    }
    notes = [say["see_statement"], *([say["sample"]] if invoice.sample else [])]
    return Sheet(
        language=language,
        title=say["title"],
        number=invoice.number,
        addressee=say["addressee"].format(invoice.holder_name or invoice.policyholder_code),
        opening=say["opening_returned" if gives_back else "opening"],
        amount=Entry(say["returned" if gives_back else "total"], _yen(invoice.total, language)),
        rows=tuple(Entry(say[name], value) for name, value in values.items()),
        notes=tuple(notes),
        insurer=say["insurer"],
    )


def _day(day: date, language: Language) -> str:
    if language is Language.JAPANESE:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _yen(amount: Money, language: Language) -> str:
    figure = f"{abs(amount.amount):,f}"
    return f"{figure}円" if language is Language.JAPANESE else f"JPY {figure}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)

_WORDS = {
    Language.JAPANESE: {
        "title": "保険料請求書",
        "addressee": "{} 御中",
        "opening": "下記のとおり保険料をご請求申し上げます。",
        "opening_returned": "下記のとおり保険料をお返しいたします。",
        "total": "ご請求金額",
        "returned": "返戻金額",
        "policyholder_code": "保険契約者コード",
        "agreement_code": "特約コード",
        "month": "対象年月",
        "line_count": "明細件数",
        "issued_on": "発行日",
        "due_on": "お支払期日",
        "nothing_due": "お支払いは不要です",
        "see_statement": "金額の内訳と計算根拠は保険料計算書をご覧ください。",
        "sample": "公表値が得られないため仮に定めた数値による金額を含みます。",
        "insurer": "保険者",
    },
    Language.ENGLISH: {
        "title": "Premium invoice",
        "addressee": "To {}",
        "opening": "We ask for the following premium.",
        "opening_returned": "We give the following premium back.",
        "total": "Amount due",
        "returned": "Amount given back",
        "policyholder_code": "Policyholder code",
        "agreement_code": "Special agreement",
        "month": "Month",
        "line_count": "Lines",
        "issued_on": "Date of issue",
        "due_on": "Due date",
        "nothing_due": "Nothing is to be paid",
        "see_statement": "The calculation statement shows every premium in its parts.",
        "sample": "Some figures are assumed, because none has been published.",
        "insurer": "The insurer",
    },
}
