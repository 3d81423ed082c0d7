"""What a finding says, in both languages."""

import pytest

from services.ledger.domain.findings import (
    Finding,
    Severity,
    detail_en,
    detail_ja,
    rule_book,
)
from services.ledger.domain.layout import NEW_APPLICATIONS, slotted
from services.ledger.domain.rules import NEW_APPLICATION, NEW_POLICY, SYNTAX
from services.ledger.domain.rules.declaring import Check

from .given import case

CHECKS = [check for rule in (*SYNTAX, *NEW_APPLICATION, *NEW_POLICY) for check in rule.ask(case())]
_IN_2103 = [number for number in rule_book() if "L020" <= number <= "L085"]


def test_every_rule_of_a_new_application_is_asked() -> None:
    """Given the rule book, when the questions are collected, then no rule was forgotten."""
    asked = {check.rule for check in CHECKS}

    assert asked == set(_IN_2103)


@pytest.mark.parametrize("rule", _IN_2103)
def test_a_rule_says_what_is_wrong_in_both_languages(rule: str) -> None:
    """Given a rule, when its text is filled in, then no placeholder is left."""
    check = next(check for check in CHECKS if check.rule == rule)

    finding = _finding(check)

    for text in (detail_ja(finding, NEW_APPLICATIONS), detail_en(finding, NEW_APPLICATIONS)):
        assert text
        assert "{" not in text


def _finding(check: Check) -> Finding:
    at = NEW_APPLICATIONS[check.items[0]]
    counted = {"n": "3"} if check.rule == "L058" else {}
    return Finding(
        check.rule, check.code, 1, at.letter, at.slot, at.field, value="x", params=counted
    )


def test_a_finding_names_its_item() -> None:
    """Given a blank contract number, when it is told, then item and name stand in the text."""
    missing = Finding("L020", "required", 2, "N", field="contract_number")

    assert detail_ja(missing, NEW_APPLICATIONS) == "項目14(輸出契約等番号)は必須です。"
    assert detail_en(missing, NEW_APPLICATIONS) == "Field 14 (contract number) is required."


def test_a_finding_tells_how_many_digits_are_wanted() -> None:
    """Given a short serial number, when it is told, then the text asks for six digits."""
    short = Finding("L021", "bad-format", 2, "D", field="serial_number", value="123")

    assert detail_en(short, NEW_APPLICATIONS) == "Field 4 (serial number) must be 6 digits."


def test_a_finding_points_only_at_items_the_rule_book_names() -> None:
    """Given the sheet, when items are looked up, then every check points at columns of it."""
    names = {name for check in CHECKS for name in check.items}

    assert names <= set(NEW_APPLICATIONS.names)
    assert slotted("due_date", 2) in names


def test_changes_to_contracts_not_yet_final_only_warn() -> None:
    """Given the rule book as shipped, when L108 is looked up, then it is a warning."""
    assert rule_book()["L108"].severity is Severity.WARNING
    assert rule_book()["L107"].severity is Severity.ERROR
