"""The numbers of the rule book (期限・期間): read from a dated table, never written in a rule."""

from dataclasses import dataclass
from datetime import date

from . import shipped


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a day; each is named after the rule text it comes from.

    Source: `data/terms.csv`, row by row.
    """

    deadline_months: int
    explanation_months: int
    significant_delay_months: int
    surcharge_from_delay: int
    evidence_months: int
    evidence_days: int
    fixed_due_dates: int
    notification_months: int
    shipment_postponement_months: int
    retention_postponement_months: int
    milestone_postponement_months: int
    increase_percent: int
    cover_days: int


def terms_on(day: date) -> Terms:
    """Look up the terms in force on a day."""
    return Terms(**{name: int(row["value"]) for name, row in _in_force(day).items()})


def _in_force(day: date) -> dict[str, shipped.Row]:
    return shipped.rows_in_force("terms", day)
