"""The calculation statement of an invoice (保険料計算書): every premium in the parts it is made of.

Yen and days come before rates, rates before factors: read from left to right, a row is the
formula of its part. Insured is amount times exchange rate, the base rate is daily rate times days
plus least rate, and a part's premium is insured times base rate (percent) times both factors.
Source: as `domain.assessment.price`.
"""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Numeric, Select, case, column, func, literal, select
from sqlalchemy import true as always
from sqlalchemy.dialects.postgresql import JSON

from libs.common.cells import Column, Kind

from .. import tables
from .invoices import of_the_same_history

_Line, _Made = tables.InvoiceLine, tables.Assessment
_Part = (
    func.json_array_elements(_Made.parts)
    .table_valued(column("value", JSON), with_ordinality="nth", name="part")
    .render_derived()
)


def _told(*path: str) -> Any:
    return _Part.c.value[path].astext


def _number(*path: str) -> Any:
    return _told(*path).cast(Numeric)


def _once(figure: Any) -> ColumnElement[Any]:
    """Say what holds for a whole line on its first row only."""
    return case((func.coalesce(_Part.c.nth, 1) == 1, figure))


# The rate prices both risks together. Source: domain notes §1.1.
_BOTH_RISKS = case((_Part.c.nth.is_not(None), literal("POLITICAL_AND_CREDIT")))

_STATED: tuple[tuple[str, Kind, Any], ...] = (
    ("line", "number", _Line.line),
    ("policy_number", "code", _Line.policy_number),
    ("branch_number", "code", _Line.branch_number),
    ("history_number", "code", _Line.history_number),
    ("revision", "number", _Line.revision),
    ("edition", "code", _Made.edition),
    ("phase", "code", _told("component", "phase")),
    ("risk", "code", _BOTH_RISKS),
    ("currency", "code", _told("component", "amount", "currency")),
    ("amount_in_currency", "number", _number("component", "amount", "amount")),
    ("exchange_rate", "number", _number("component", "exchange", "ttb")),
    ("insured", "number", _number("insured", "amount")),
    ("period", "text", _told("component", "period", "working")),
    ("days", "number", _told("component", "period", "charged").cast(Integer)),
    ("country_code", "code", _told("component", "country_code")),
    ("category", "code", _told("component", "category", "letter")),
    ("daily_rate", "number", _number("component", "rates", "a")),
    ("least_rate", "number", _number("component", "rates", "b")),
    ("base_rate", "number", _number("base_rate")),
    ("cover_adjustment", "number", _number("component", "cover", "value")),
    ("cover_working", "text", _told("component", "cover", "working")),
    ("product_coefficient", "number", _number("component", "product", "value")),
    ("part_premium", "number", _number("premium", "amount")),
    ("premium", "number", _once(_Line.premium)),
    ("already_invoiced", "number", _once(_Line.already_invoiced)),
    ("late_surcharge", "code", _once(case((_Line.late_surcharge, "Y"), else_="N"))),
    ("superseded", "code", _once(case((_Line.superseded, "Y"), else_="N"))),
    ("amount", "number", _once(_Line.amount)),
    ("sample", "code", case((_Made.sample, "Y"), else_="N")),
)

COLUMNS = tuple(Column(name, kind) for name, kind, _ in _STATED)
"""What stands in a statement, from left to right."""


def statement(invoice: tables.Invoice) -> Select[Any]:
    """Select the statement of an invoice: a row for each part, one for a line without parts."""
    return (
        select(*(figure for _, _, figure in _STATED))
        .join_from(_Line, _Made, of_the_same_history())
        .outerjoin(_Part, always())
        .where(_Line.fixed_ledger_id == invoice.fixed_ledger_id)
        .order_by(_Line.line, _Part.c.nth)
    )
