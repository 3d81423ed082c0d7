"""The terms of an invoice (保険料請求書): its number, the day it is due, what is given back."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from libs.common.dates import fiscal_year
from libs.common.money import Money

from .tariff import Origin


@dataclass(frozen=True, slots=True)
class StatedHistory:
    """The revision of a history (枝番・履歴) that became final, or that has a premium."""

    policy_number: str
    branch_number: str
    history_number: str
    revision: int


@dataclass(frozen=True, slots=True)
class ListedLine(StatedHistory):
    """One line of a fixed ledger (確定用台帳の明細)."""

    line: int
    late_surcharge: bool = False


class ReturnedPremium(StrEnum):
    """What is given back when a branch's premium becomes less (返還保険料).

    Source: domain notes §5.4 know of a part of it; the whole is assumed, configurable.
    """

    WHOLE_DIFFERENCE = "WHOLE_DIFFERENCE"


@dataclass(frozen=True, slots=True)
class Terms:
    """How an invoice is paid (支払条件), with the word each term stands on.

    Units: `payment_day` counts from the day of issue, which is day 1 if it counts.
    """

    payment_day: int
    issue_day_counts: bool
    returned_premium: ReturnedPremium
    payment_origin: Origin
    return_origin: Origin


@dataclass(frozen=True, slots=True)
class Asked:
    """What the lines of one invoice come to, and what is known of them."""

    total: Money
    sample: bool
    gives_back: bool


def due_on(total: Money, issued_on: date, terms: Terms) -> date | None:
    """Tell by when an invoice is paid (支払期日); where nothing is owed there is no such day.

    Source: ledger notes §2.7, A28.
    """
    if total.amount <= 0:
        return None
    days = terms.payment_day - 1 if terms.issue_day_counts else terms.payment_day
    return issued_on + timedelta(days)


def is_sample(asked: Asked, terms: Terms) -> bool:
    """Tell whether anything an invoice says only stands in for what we could not find."""
    given_back = asked.gives_back and terms.return_origin.sample
    return asked.sample or terms.payment_origin.sample or given_back


def invoice_number(policyholder_code: str, issued_on: date, serial: int) -> str:
    """Write an invoice's number (請求書番号): policyholder, fiscal year, and its place in it.

    Source: assumed, in the manner of policy numbers (ledger notes §6).
    """
    return f"{policyholder_code}-{fiscal_year(issued_on)}-{serial:05d}"
