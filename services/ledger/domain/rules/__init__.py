"""The rules of ledger files (チェック項目), one module per theme, each rule declared once."""

from . import amounts, dates, guarantees, identity, lateness, parties, policies, settlements, syntax
from .declaring import rules_of

SYNTAX = rules_of(syntax)
"""Asked first, of records in which an item is missing or broken."""

NEW_APPLICATION = rules_of(identity, dates, lateness, parties, guarantees, amounts, settlements)
"""Asked of every record of layout 2103."""

NEW_POLICY = rules_of(policies)
"""Asked of the records of policies that have several."""
