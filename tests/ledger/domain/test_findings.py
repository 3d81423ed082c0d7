"""What a finding says, in both languages."""

import pytest

from services.ledger.domain import rules
from services.ledger.domain.findings import (
    Finding,
    Severity,
    detail_en,
    detail_ja,
    rule_book,
)
from services.ledger.domain.hints import hint_for
from services.ledger.domain.layout import (
    CHANGES,
    CHANGES_EXTENDED,
    NEW_APPLICATIONS,
    Layout,
    slotted,
)
from services.ledger.domain.rules.declaring import Check, Rule

from .given import case

_OF_LAYOUTS = {
    NEW_APPLICATIONS: (
        *rules.SYNTAX,
        *rules.COMPLETENESS,
        *rules.NEW_APPLICATION,
        *rules.NEW_POLICY,
    ),
    CHANGES: (
        *rules.SYNTAX,
        *rules.REQUEST,
        *rules.TARGET,
        *rules.AMENDMENT,
        *rules.RESULT,
        *rules.EFFECT,
    ),
}
_OF_COMPANIONS = "L133"
_PARAMS = {"L058": {"n": "3"}, "L111": {"expected": "02"}}


def _checks(layout: Layout, asked: tuple[Rule, ...]) -> list[Check]:
    return [check for rule in asked for check in rule.ask(case(layout=layout))]


CHECKS = {layout: _checks(layout, asked) for layout, asked in _OF_LAYOUTS.items()}


def _numbers(layout: Layout) -> list[str]:
    of_it = (layout.code, "both")
    numbers = [number for number, rule in rule_book().items() if rule.scope in of_it]
    return [number for number in numbers if number != _OF_COMPANIONS]


@pytest.mark.parametrize("layout", CHECKS, ids=lambda layout: layout.code)
def test_every_rule_of_a_layout_is_asked(layout: Layout) -> None:
    """Given the rule book, when the questions are collected, then no rule was forgotten."""
    asked = {check.rule for check in CHECKS[layout]}

    assert asked == set(_numbers(layout))


@pytest.mark.parametrize(
    ("layout", "rule"), [(layout, rule) for layout in CHECKS for rule in _numbers(layout)]
)
def test_a_rule_says_what_is_wrong_in_both_languages(layout: Layout, rule: str) -> None:
    """Given a rule, when its text is filled in, then no placeholder is left."""
    check = next(check for check in CHECKS[layout] if check.rule == rule)

    finding = _finding(check, layout)

    for text in (detail_ja(finding, layout), detail_en(finding, layout)):
        assert text
        assert "{" not in text


@pytest.mark.parametrize("layout", CHECKS, ids=lambda layout: layout.code)
def test_whoever_wrote_an_item_wrongly_is_told_what_it_is_to_hold(layout: Layout) -> None:
    """Given every way to write an item wrongly, when it is told, then with a hint in both."""
    for check in _checks(layout, (*rules.SYNTAX, *rules.COMPLETENESS)):
        hint = hint_for(_finding(check, layout), layout)

        assert hint is not None, check
        assert hint.ja
        assert hint.en
        assert "{" not in hint.ja + hint.en


def test_a_finding_about_more_than_how_an_item_is_written_has_no_hint() -> None:
    """Given rules of content, when they find fault, then their text says what is to be done."""
    of_writing = {rule.number for rule in (*rules.SYNTAX, *rules.COMPLETENESS)}
    for check in CHECKS[NEW_APPLICATIONS]:
        hint = hint_for(_finding(check, NEW_APPLICATIONS), NEW_APPLICATIONS)
        assert hint is None or check.rule in of_writing
    assert hint_for(Finding("L007", "unencodable"), None) is None


def test_a_hint_names_the_table_and_the_width_of_a_code() -> None:
    """Given a country that is in no table, when it is told, then where the codes are to be read."""
    unknown = Finding("L025", "not-in-code-table", 2, "W", field="payment_country", value="999")

    hint = hint_for(unknown, NEW_APPLICATIONS)

    assert hint is not None
    assert "/v1/code-tables/countries/codes" in hint.en
    assert "半角数字3桁" in hint.ja


def _finding(check: Check, layout: Layout) -> Finding:
    at = layout[check.items[0]]
    params = _PARAMS.get(check.rule, {})
    return Finding(check.rule, check.code, 1, at.letter, at.slot, at.field, "x", params)


def test_what_must_wait_for_the_invoice_says_so() -> None:
    """Given a correction between ledger and invoice, when it is told, then not the rule's text."""
    between = Finding("L105", "awaiting-invoice", 1, "A", field="processing_type")

    assert "Try again after the invoice" in detail_en(between, CHANGES)
    assert "請求書の発行後" in detail_ja(between, CHANGES)


def test_a_change_that_is_let_through_is_not_told_that_it_cannot_be() -> None:
    """Given a change before the contract is final, when it is warned of, then nobody is refused."""
    [check] = (it for it in CHECKS[CHANGES] if it.rule == "L108")

    told = _finding(check, CHANGES)

    assert detail_en(told, CHANGES) == "The contract has not been finalised yet."
    assert detail_ja(told, CHANGES) == "契約はまだ確定していません。"


def test_a_finding_names_its_item() -> None:
    """Given a blank contract number, when it is told, then item and name stand in the text."""
    missing = Finding("L020", "required", 2, "N", field="contract_number")

    assert detail_ja(missing, NEW_APPLICATIONS) == "項目14(輸出契約等番号)は必須です。"
    assert detail_en(missing, NEW_APPLICATIONS) == "Field 14 (contract number) is required."


def test_a_finding_tells_how_many_digits_are_wanted() -> None:
    """Given a short serial number, when it is told, then the text asks for six digits."""
    short = Finding("L021", "bad-format", 2, "D", field="serial_number", value="123")

    assert detail_en(short, NEW_APPLICATIONS) == "Field 4 (serial number) must be 6 digits."


def test_a_finding_points_only_at_items_of_the_sheet() -> None:
    """Given the sheets, when items are looked up, then every check points at columns of its own."""
    names = {
        layout: {name for check in CHECKS[layout] for name in check.items} for layout in CHECKS
    }

    assert names[NEW_APPLICATIONS] <= set(NEW_APPLICATIONS.names)
    assert names[CHANGES] <= set(CHANGES_EXTENDED.names)
    assert slotted("due_date", 2) in names[NEW_APPLICATIONS]


def test_changes_to_contracts_not_yet_final_only_warn() -> None:
    """Given the rule book as shipped, when L108 is looked up, then it is a warning."""
    assert rule_book()["L108"].severity is Severity.WARNING
    assert rule_book()["L107"].severity is Severity.ERROR
