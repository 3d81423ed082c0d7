"""The rules of ledger files: one declaration, and all that is published says the same."""

import json
import re

from services.ledger.domain.findings import rule_book
from tools.api_documents.services import ROOT


def test_the_interface_lists_every_rule_with_its_words() -> None:
    """Given the rule book, when the document of the interface is read, then it has every rule."""
    document = json.loads((ROOT / "openapi.json").read_text())
    listed = document["components"]["schemas"]["LedgerFinding"]["properties"]["rule"]["x-codes"]

    assert listed.keys() == rule_book().keys()
    for number, rule in rule_book().items():
        told = listed[number]
        assert (told["severity"], told["detail"]) == (rule.severity, rule.message_ja)
        assert told["detail_en"] == rule.message_en


def test_the_page_has_a_line_for_every_rule() -> None:
    """Given the rule book, when the page of the rules is read, then each has its line, in order."""
    page = (ROOT / "docs" / "ledger-rules.md").read_text()

    lines = re.findall(r"^\| (L[0-9]{3}) \|(.*)$", page, re.MULTILINE)

    assert [number for number, _ in lines] == list(rule_book())
    assert all(rule_book()[number].message_en in line for number, line in lines)
