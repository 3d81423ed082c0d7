"""Settlements: method, timing and principal of each (決済; L062, L070-L083).

Source: ledger notes §7 (items 36 to 42), §12.1, §14.
"""

import polars as pl

from ..case import Case
from ..cells import any_of, blank, filled, is_one_of, is_used, value
from ..layout import CHANGES, slotted
from .declaring import record_rule, settlement_rule

ADVANCE_PAYMENT = "60"
"""The method of full payment in advance (100%前受). Source: code table settlement_methods."""

COVERED_BEFORE_SHIPMENT = ("73", "75")
"""Methods whose due date may precede the shipment. Source: ledger notes §12.1."""

MONTHS, DAYS = "1", "2"
"""The units of a usance (ユーザンス月日指定). Source: code table usance_units."""

SETTLEMENT_DETAILS = (
    "payment_guarantee_code",
    "usance_unit",
    "usance_period",
    "due_date",
    "settlement_principal",
    "settlement_interest",
)
"""What a settlement may say besides its method."""


def has_settlement(case: Case) -> pl.Expr:
    """Tell whether any settlement slot is used."""
    return pl.any_horizontal(map(is_used, case.layout.every_slot))


def is_left_without_settlement(case: Case) -> pl.Expr:
    """Tell whether a change leaves nothing to be settled; a new application has L020 for that."""
    return ~has_settlement(case) & pl.lit(case.layout.code == CHANGES.code)


def method_is(case: Case, slot: int, **attributes: str) -> pl.Expr:
    """Tell whether the method of a settlement has these attributes in its code table."""
    methods = case.register.tables["settlement_methods"].codes(**attributes)
    return is_one_of(value(slotted("settlement_method", slot)), methods)


def is_advance_payment(slot: int) -> pl.Expr:
    """Tell whether a settlement is the full payment in advance."""
    return value(slotted("settlement_method", slot)) == ADVANCE_PAYMENT


def has_advance_payment(case: Case) -> pl.Expr:
    """Tell whether any settlement is the full payment in advance."""
    slots = case.layout.every_slot
    return pl.any_horizontal(map(is_advance_payment, slots)).fill_null(value=False)


def is_alone(case: Case) -> pl.Expr:
    """Tell whether no more than one settlement is used."""
    return pl.sum_horizontal(map(is_used, case.layout.every_slot)) <= 1


def _has_usance(slot: int) -> pl.Expr:
    return filled(slotted("usance_unit", slot)) | filled(slotted("usance_period", slot))


def _lacks_usance(slot: int) -> pl.Expr:
    return blank(slotted("usance_unit", slot)) & blank(slotted("usance_period", slot))


def _has_due_date(slot: int) -> pl.Expr:
    return filled(slotted("due_date", slot))


def _lacks_due_date(slot: int) -> pl.Expr:
    return blank(slotted("due_date", slot))


@settlement_rule("L062", "settlement_method", code="not-allowed-here")
def is_not_the_only_one(case: Case, slot: int) -> pl.Expr:
    """All is paid in advance, and yet there is a second settlement."""
    return is_advance_payment(slot) & ~is_alone(case)


@settlement_rule("L070", "settlement_method", code="required")
def lacks_a_method(case: Case, slot: int) -> pl.Expr:
    """A settlement without a method (決済方法)."""
    return is_used(slot) & blank(slotted("settlement_method", slot))


@settlement_rule("L070", "settlement_principal", code="required")
def lacks_a_principal(_: Case, slot: int) -> pl.Expr:
    """A settlement without a principal (決済元本), other than payment in advance."""
    method = value(slotted("settlement_method", slot))
    return (method != ADVANCE_PAYMENT) & blank(slotted("settlement_principal", slot))


@settlement_rule("L071", "usance_unit", "usance_period", "due_date", code="exactly-one-of")
def has_both_timings(_: Case, slot: int) -> pl.Expr:
    """A settlement both by usance and on a due date."""
    return _has_usance(slot) & _has_due_date(slot)


@settlement_rule("L072", "usance_unit", "usance_period", code="required")
def lacks_usance(case: Case, slot: int) -> pl.Expr:
    """The method calls for the longest usance (最長ユーザンス), and no timing is given."""
    usance = method_is(case, slot, input_method="longest_usance")
    return usance & _lacks_usance(slot) & _lacks_due_date(slot)


@settlement_rule("L073", "due_date", code="required")
def lacks_due_date(case: Case, slot: int) -> pl.Expr:
    """The method calls for the due date of the contract (原契約の決済日); no timing is given."""
    due_date = method_is(case, slot, input_method="original_due_date")
    return due_date & _lacks_usance(slot) & _lacks_due_date(slot)


@settlement_rule("L074", "usance_unit", "usance_period", "due_date", code="not-allowed-here")
def has_needless_timing(case: Case, slot: int) -> pl.Expr:
    """The method needs no timing, and one is given."""
    return method_is(case, slot, input_method="none") & (_has_usance(slot) ^ _has_due_date(slot))


@settlement_rule("L075", "due_date", "usance_unit", "usance_period", code="not-allowed-here")
def has_due_date_for_usance(case: Case, slot: int) -> pl.Expr:
    """The method calls for the longest usance, and a due date is given instead."""
    usance = method_is(case, slot, input_method="longest_usance")
    return usance & _has_due_date(slot) & _lacks_usance(slot)


@settlement_rule("L075", "usance_unit", "usance_period", "due_date", code="not-allowed-here")
def has_usance_for_due_date(case: Case, slot: int) -> pl.Expr:
    """The method calls for the due date of the contract, and a usance is given instead."""
    due_date = method_is(case, slot, input_method="original_due_date")
    return due_date & _has_usance(slot) & _lacks_due_date(slot)


@settlement_rule("L076", "usance_unit", "usance_period", code="required")
def lacks_the_unit(_: Case, slot: int) -> pl.Expr:
    """A usance without its unit."""
    return filled(slotted("usance_period", slot)) & blank(slotted("usance_unit", slot))


@settlement_rule("L076", "usance_period", "usance_unit", code="required")
def lacks_the_period(_: Case, slot: int) -> pl.Expr:
    """A usance without its period."""
    return filled(slotted("usance_unit", slot)) & blank(slotted("usance_period", slot))


@settlement_rule("L077", "settlement_method", code="not-allowed-here")
def leaves_a_gap(_: Case, slot: int) -> pl.Expr:
    """A settlement stands behind an empty slot."""
    before = (~is_used(earlier) for earlier in range(1, slot))
    return is_used(slot) & any_of(before)


@settlement_rule("L078", "due_date", "last_shipment_date", code="date-order")
def is_due_before_shipment(_: Case, slot: int) -> pl.Expr:
    """The due date lies before the last shipment, and the method does not cover that."""
    uncovered = ~is_one_of(value(slotted("settlement_method", slot)), COVERED_BEFORE_SHIPMENT)
    return uncovered & (value(slotted("due_date", slot)) < value("last_shipment_date"))


@settlement_rule("L079", "settlement_method", code="not-allowed-here")
def needs_consultation(case: Case, slot: int) -> pl.Expr:
    """The method is one to be talked over beforehand (事前相談)."""
    return method_is(case, slot, prior_consultation="Y")


@settlement_rule("L080", "due_date", "last_shipment_date", code="out-of-range")
def is_due_after_two_years(case: Case, slot: int) -> pl.Expr:
    """The due date lies two years or more after the last shipment, which needs documents."""
    limit = value("last_shipment_date").dt.offset_by(f"{case.terms.evidence_months}mo")
    return (value(slotted("due_date", slot)) >= limit) & ~_needs_documents(case, slot)


@settlement_rule("L080", "usance_period", "usance_unit", code="out-of-range")
def runs_two_years(case: Case, slot: int) -> pl.Expr:
    """The usance is two years or more, which needs documents (証憑)."""
    unit, period = value(slotted("usance_unit", slot)), value(slotted("usance_period", slot))
    months = (unit == MONTHS) & (period >= case.terms.evidence_months)
    days = (unit == DAYS) & (period >= case.terms.evidence_days)
    return (months | days) & ~_needs_documents(case, slot)


@settlement_rule("L081", "settlement_method", code="not-allowed-here")
def is_by_instalments(case: Case, slot: int) -> pl.Expr:
    """Equal instalments over more than a year (均等分割), which need documents."""
    return _needs_documents(case, slot)


@record_rule("L083", "due_date", "settlement_method", code="not-allowed-here")
def has_several_due_dates(case: Case) -> pl.Expr:
    """Several settlements by the due date of the contract, retention not counted."""
    fixed = {"input_method": "original_due_date", "is_retention": "N"}
    dates = (method_is(case, slot, **fixed) for slot in case.layout.every_slot)
    return pl.sum_horizontal(dates) >= case.terms.fixed_due_dates


def _needs_documents(case: Case, slot: int) -> pl.Expr:
    return method_is(case, slot, evidence_required="Y").fill_null(value=False)
