"""Identity: whose contract is it, under which agreement and number (L031-L034, L038, L039, L084).

Source: ledger notes §4, §6, §7 (items 1 to 8), §14.
"""

from collections.abc import Iterator

import polars as pl

from ..case import Case
from ..cells import any_of, filled, is_one_of, value
from ..layout import Column
from ..partition import OFFICE_DIGITS, POLICY_DIGITS, POLICY_ITEMS
from .declaring import item_rule, named, record_rule


def _is_ours(case: Case) -> pl.Expr:
    return _names(case.agreements)


def _names(agreements: pl.DataFrame) -> pl.Expr:
    return is_one_of(value("agreement_code"), agreements["agreement_code"])


def _groups(case: Case, *columns: str) -> Iterator[tuple[tuple[object, ...], pl.Expr]]:
    for key, agreements in case.agreements.partition_by(*columns, as_dict=True).items():
        yield key, _names(agreements)


@record_rule("L031", "branch_office_code", code="not-allowed-here")
def is_another_office(case: Case) -> pl.Expr:
    """The agreement was concluded at another branch office (本支店)."""
    elsewhere = (
        ours & (value("branch_office_code") != pl.lit(office))
        for (office,), ours in _groups(case, "branch_office_code")
    )
    return any_of(elsewhere)


@record_rule("L032", "agreement_code", code="unknown-reference")
def is_not_our_agreement(case: Case) -> pl.Expr:
    """The special agreement (特約) is unknown, or somebody else's."""
    return ~_is_ours(case)


@record_rule("L032", "agreement_code", code="code-not-effective")
def is_not_in_force(case: Case) -> pl.Expr:
    """The special agreement is not in force on the day of application."""
    outside = (
        ours & ~value("application_date").is_between(pl.lit(first), pl.lit(last))
        for (first, last), ours in _groups(case, "valid_from", "valid_to")
    )
    return any_of(outside)


@record_rule("L033", "fiscal_year", code="out-of-range")
def is_another_fiscal_year(_: Case) -> pl.Expr:
    """The fiscal year (年度) is not that of the day of application."""
    day = value("application_date").dt
    fiscal_year = day.year() - (day.month() < 4)
    return fiscal_year % 100 != value("fiscal_year").cast(pl.Int32)


@record_rule("L034", "serial_number", code="duplicate-key")
def is_used_already(case: Case) -> pl.Expr:
    """The serial number (一連番号) is taken in that year of the agreement, at whichever office."""
    # From the end: an office that is missing or broken moves what stands behind it.
    behind_the_office = OFFICE_DIGITS - POLICY_DIGITS
    taken = pl.lit(case.register.policy_numbers).str.slice(behind_the_office).implode()
    whole = filled("agreement_code") & filled("fiscal_year") & filled("serial_number")
    return whole & pl.col("policy_number").str.slice(behind_the_office).is_in(taken)


def _is_agreement(case: Case, name: str) -> pl.Expr:
    codes = case.register.agreements["agreement_code"]
    return is_one_of(value(name), codes) & ~_is_policyholder(case, name)


def _is_policyholder(case: Case, name: str) -> pl.Expr:
    return is_one_of(value(name), case.register.policyholders)


_shipper_codes = named("applicant_code", "insured_code", "beneficiary_code")


@item_rule("L038", _shipper_codes, code="not-allowed-here")
def is_an_agreement(case: Case, column: Column) -> pl.Expr:
    """An agreement code stands where a shipper code (シッパーコード) belongs."""
    return _is_agreement(case, column.name)


@item_rule("L039", _shipper_codes, code="unknown-reference")
def is_no_policyholder(case: Case, column: Column) -> pl.Expr:
    """A shipper code is not registered."""
    return ~_is_policyholder(case, column.name) & ~_is_agreement(case, column.name)


@record_rule("L039", "applicant_code", code="not-allowed-here")
def is_not_the_holder(case: Case) -> pl.Expr:
    """The applicant is a policyholder, but not the holder of the agreement (特約締結者)."""
    stranger = value("applicant_code") != case.policyholder_code
    return _is_ours(case) & stranger & _is_policyholder(case, "applicant_code")


@record_rule("L084", *POLICY_ITEMS, code="not-allowed-here")
def is_declared_to_need_evidence(case: Case) -> pl.Expr:
    """The contract was declared to be one of the cases that need documents (証憑)."""
    return is_one_of(pl.col("policy_number"), list(case.evidence_cases))
