"""The rules of ledger files (チェック項目), one module per theme, each rule declared once."""

from ..findings import rule_book
from . import (
    amendments,
    amounts,
    change_sets,
    completeness,
    dates,
    effect,
    guarantees,
    identity,
    lateness,
    notification,
    parties,
    policies,
    ratings,
    registers,
    requests,
    sending,
    settlements,
    syntax,
    targets,
)
from .declaring import Rule, rules_of
from .excuses import EXCUSES

__all__ = [
    "AMENDMENT",
    "COMPLETENESS",
    "EFFECT",
    "EXCUSES",
    "KNOWN",
    "NEW_APPLICATION",
    "NEW_POLICY",
    "REQUEST",
    "RESULT",
    "SYNTAX",
    "TARGET",
]

_CONTENT = rules_of(dates, parties, guarantees, amounts, settlements, ratings)


def _is_for_changes(rule: Rule) -> bool:
    return rule_book()[rule.number].scope == "both"


SYNTAX = rules_of(syntax)
"""Asked first, of records in which an item is missing or broken."""

COMPLETENESS = rules_of(completeness)
"""Asked of such records of layout 2103."""

NEW_APPLICATION = (*rules_of(identity, sending, lateness), *_CONTENT)
"""Asked of every record of layout 2103."""

NEW_POLICY = rules_of(policies)
"""Asked of the records of policies that have several."""

REQUEST = rules_of(requests, sending)
"""Asked of every record of layout 2110, before its contract is looked up."""

TARGET = rules_of(targets)
"""Asked of it in this order, to the first error, once its contract was looked up."""

AMENDMENT = rules_of(amendments, change_sets, notification)
"""Asked of it when the state that would result is known."""

EFFECT = rules_of(effect)
"""Asked last, of what nothing else refuses."""

RESULT = (*filter(_is_for_changes, _CONTENT), registers.is_no_buyer_any_more)
"""Asked of the state that would result, as of a new application, but for `EXCUSES`."""

KNOWN = rules_of(registers)
"""Asked of states that are known, when the registers may have changed."""
