"""What an invoice says on paper, in both languages."""

from dataclasses import replace
from datetime import date

import pytest

from libs.common.money import yen
from services.premium.domain.invoice_sheet import IssuedInvoice, Language, Sheet, sheet

ISSUED = IssuedInvoice(
    number="045012300-2026-00001",
    policyholder_code="045012300",
    holder_name="舫貿易株式会社",
    agreement_code="200100357",
    month="2026-11",
    issued_on=date(2026, 11, 30),
    due_on=date(2026, 12, 19),
    total=yen(1_234_567),
    line_count=10_000,
    sample=False,
)


def rows(page: Sheet) -> dict[str, str]:
    """The table of a sheet."""
    return {row.label: row.value for row in page.rows}


def test_in_japanese_it_asks_for_its_total_by_its_day() -> None:
    """Given an invoice, when it is printed in Japanese, then sum and day are written so."""
    page = sheet(ISSUED, Language.JAPANESE)

    assert (page.title, page.addressee) == ("保険料請求書", "舫貿易株式会社 御中")
    assert (page.amount.label, page.amount.value) == ("ご請求金額", "1,234,567円")
    assert rows(page)["お支払期日"] == "2026年12月19日"


def test_in_english_it_says_the_same() -> None:
    """Given an invoice, when it is printed in English, then sum and day are written so."""
    page = sheet(ISSUED, Language.ENGLISH)

    assert (page.title, page.addressee) == ("Premium invoice", "To 舫貿易株式会社")
    assert (page.amount.label, page.amount.value) == ("Amount due", "JPY 1,234,567")
    assert rows(page)["Due date"] == "19 December 2026"
    assert rows(page)["Lines"] == "10,000"


@pytest.mark.parametrize("language", Language)
def test_what_is_given_back_is_no_debt(language: Language) -> None:
    """Given a total below zero, then the sheet says that it is given back, and by no day."""
    page = sheet(replace(ISSUED, total=yen(-5), due_on=None), language)
    owed = sheet(ISSUED, language)

    assert page.amount.label != owed.amount.label
    assert page.opening != owed.opening
    assert "-" not in page.amount.value
    assert not set(rows(page).values()) & {"None", ""}


@pytest.mark.parametrize("language", Language)
def test_assumed_figures_are_admitted(language: Language) -> None:
    """Given an invoice with assumed figures, then one note more says so."""
    sure, assumed = sheet(ISSUED, language), sheet(replace(ISSUED, sample=True), language)

    assert len(assumed.notes) == len(sure.notes) + 1


def test_a_holder_nobody_named_is_addressed_by_its_code() -> None:
    """Given a holder whose name was not told, then its code stands there."""
    assert sheet(replace(ISSUED, holder_name=None), Language.ENGLISH).addressee == "To 045012300"
