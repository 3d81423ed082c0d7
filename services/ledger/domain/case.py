"""A case: one submission, and everything it is judged against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from .findings import Severity, rule_book
from .layout import Layout
from .register import Register
from .terms import Terms, terms_on


@dataclass(frozen=True)
class Case:
    """A submission (提出) before its rules: who sent what when, and the registers of that day.

    `received_on` is the day it counts as received (受理日). `evidence_cases` are the policies
    declared to need supporting documents, each with the code of the case (E01 …).
    """

    layout: Layout
    register: Register
    policyholder_code: str
    received_on: date
    evidence_cases: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)

    @cached_property
    def agreements(self) -> pl.DataFrame:
        """Find the sender's own special agreements (特約)."""
        own = pl.col("policyholder_code") == self.policyholder_code
        return self.register.agreements.filter(own)

    @cached_property
    def terms(self) -> Terms:
        """Look up the terms in force on the day of receipt."""
        return terms_on(self.received_on)

    def severity(self, rule: str) -> Severity:
        """Tell how grave a rule is: as the dated table says, else as the rule book does."""
        return self.severities.get(rule, rule_book()[rule].severity)
