"""Registers (登録): whether what is known of a contract is still registered.

Asked of states, whose codes and parties were registered when they were accepted.

Source: ledger notes §2 step 4 and §14 (L025, L032, L039, L042); architecture notes §7.16.
"""

import polars as pl

from ..case import Case
from ..cells import country_of, filled, is_one_of, value
from ..layout import Column, Kind
from .declaring import item_rule, named, record_rule


@item_rule("L025", lambda column: column.kind is Kind.CODE, code="not-in-code-table")
def is_no_code_any_more(case: Case, column: Column) -> pl.Expr:
    """A code is no longer in its code table (コード表)."""
    return ~is_one_of(value(column.name), case.register.tables[column.code_table].codes())


@record_rule("L032", "agreement_code", code="unknown-reference")
def is_no_agreement_any_more(case: Case) -> pl.Expr:
    """The special agreement (特約) is not the holder's any more."""
    agreements = case.register.agreements
    ours = agreements.filter(pl.col("policyholder_code") == case.policyholder_code)
    return ~is_one_of(value("agreement_code"), ours["agreement_code"])


@item_rule(
    "L039", named("applicant_code", "insured_code", "beneficiary_code"), code="unknown-reference"
)
def is_no_policyholder_any_more(case: Case, column: Column) -> pl.Expr:
    """A shipper code (シッパーコード) is no longer registered."""
    return ~is_one_of(value(column.name), case.register.policyholders)


@item_rule("L042", lambda column: column.kind is Kind.BUYER, code="unknown-reference")
def is_no_buyer_any_more(_: Case, column: Column) -> pl.Expr:
    """A buyer is no longer in the register (海外商社名簿)."""
    return filled(column.name) & country_of(column.name).is_null()
