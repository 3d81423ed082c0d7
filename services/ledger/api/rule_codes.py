"""Which rule (チェック項目) a finding is of, as every answer says it, and the list of all."""

from typing import Annotated, Any

from pydantic import Field

from ..domain.findings import RuleText, rule_book


def _told(rule: RuleText) -> dict[str, Any]:
    return {
        "layout": rule.scope,
        "severity": rule.severity,
        "detail": rule.message_ja,
        "detail_en": rule.message_en,
    }


RuleCode = Annotated[str, Field(pattern="^L[0-9]{3}$", examples=["L063"])]
"""The number of a rule. Source: ledger notes §14."""

ListedRuleCode = Annotated[
    RuleCode,
    Field(
        description="Rule of the rule book; how grave it is on a day, the finding itself says.",
        json_schema_extra={"x-codes": {code: _told(rule) for code, rule in rule_book().items()}},
    ),
]
"""The same, where the document lists every rule: in the finding that all files share."""
