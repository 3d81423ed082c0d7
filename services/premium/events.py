"""Facts premium tells the others."""

from datetime import date

from pydantic import BaseModel

from libs.common.events import Event
from libs.common.money import Money
from libs.common.wire import DecimalString


class CodeRow(BaseModel):
    """One code with its names and attributes."""

    code: str
    name_ja: str
    name_en: str
    attributes: dict[str, str]


class CodeTableState(Event, type="premium.code_table.state.v1", key="edition"):
    """A published version of a code table (コード表), whole; it counts from its first day.

    `edition` names the version, such as `ratings.3`: one that is still to come replaces none.
    """

    edition: str
    name: str
    version: int
    valid_from: date
    rows: list[CodeRow]
    sample: bool


class BaseRate(BaseModel):
    """Daily rate a and least rate b of one phase and category, in percent."""

    phase: str
    category: str
    a: DecimalString
    b: DecimalString


class RateEditionState(Event, type="premium.rate_edition.state.v1", key="edition"):
    """An edition of the tariff (料率版), with its rates."""

    edition: str
    valid_from: date
    valid_to: date | None
    minimum_days: int
    rates: list[BaseRate]
    sample: bool


class MadeAssessment(BaseModel):
    """The premium of one revision of a branch history; none while the rulebook lacks something."""

    policy_number: str
    branch_number: str
    history_number: str
    revision: int
    premium: Money | None
    edition: str | None
    missing: str | None
    sample: bool


class AssessmentsMade(Event, type="premium.assessments.made.v1", key="bucket"):
    """Premiums were assessed (保険料の算定), in answer to a batch of applied contracts."""

    bucket: int
    assessments: list[MadeAssessment]


class InvoiceIssued(Event, type="premium.invoice.issued.v1", key="invoice_id"):
    """A fixed ledger was invoiced (保険料請求書の発行); a total below zero is given back."""

    invoice_id: str
    invoice_number: str
    fixed_ledger_id: str
    agreement_code: str
    policyholder_code: str
    month: str
    issued_on: date
    due_on: date | None
    total: Money
    line_count: int
    sample: bool
