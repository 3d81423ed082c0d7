"""New applications (新規申込): rows of text become canonical rows, all rules asked at once."""

import polars as pl

from . import rules
from .asking import Ruling, among_others, are_at, ask, companions, is_error, positions_of
from .canonical import canonical
from .case import Case
from .cells import with_values
from .delays import count_delays, with_lateness
from .partition import POLICY
from .rules import policies, syntax


def judge_applications(rows: pl.DataFrame, case: Case) -> Ruling:
    """Judge new applications: rows as read and numbered, every policy complete.

    What is missing or broken is found first, and what depends on it is left alone. All rows of a
    policy stand or fall together. Refused rows carry no warnings.

    Source: ledger notes §5.7.
    """
    records = with_values(rows, case.layout, case.register).with_row_index("position")
    wanting = records.filter(syntax.needs_a_look(records, case))
    related = records.filter(policies.needs_a_look())
    verdicts = [
        *ask((*rules.COMPLETENESS, *rules.SYNTAX), wanting, case),
        *ask(rules.NEW_APPLICATION, records, case),
        *ask(rules.NEW_POLICY, related, case),
    ]
    errors = [found for found in verdicts if is_error(found, case)]
    errors.append(companions(related, positions_of(errors), POLICY))
    refused = positions_of(errors)
    warnings = [among_others(found, refused) for found in verdicts if not is_error(found, case)]
    warnings, delays = count_delays(warnings, records, case.register.delays)
    accepted = canonical(records.filter(~are_at(refused)), case.layout)
    accepted = with_lateness(accepted, verdicts, records)
    return Ruling(records, errors, warnings, accepted, delays)
