"""Amounts of a contract and what they are insured for (L060-L068).

Source: ledger notes §7 (items 15, 18, 19, 34, 35, 41), A23, §14.
"""

from functools import reduce
from operator import add

import polars as pl

from ..case import Case
from ..cells import blank, filled, is_one_of, is_used, value
from ..layout import Column, Kind, slotted
from ..values import AMOUNT
from .declaring import item_rule, named, record_rule
from .settlements import (
    SETTLEMENT_DETAILS,
    has_advance_payment,
    has_settlement,
    is_advance_payment,
    is_alone,
    is_left_without_settlement,
)

NOTHING = pl.lit(0, dtype=AMOUNT)


@record_rule("L060", "post_shipment_amount", code="required")
def lacks_post_shipment_amount(case: Case) -> pl.Expr:
    """Payment is not all in advance, but no amount after shipment (船積後) is insured."""
    methods = (filled(slotted("settlement_method", slot)) for slot in case.layout.every_slot)
    settles = pl.any_horizontal(methods) | is_left_without_settlement(case)
    return blank("post_shipment_amount") & settles & ~has_advance_payment(case)


@item_rule("L061", named("post_shipment_amount", *SETTLEMENT_DETAILS), code="not-allowed-here")
def is_given_for_advance_payment(case: Case, column: Column) -> pl.Expr:
    """All is paid in advance (全額前受), but something is to be settled after shipment."""
    advance = is_advance_payment(column.slot) if column.slot else has_advance_payment(case)
    given = value(column.name) != NOTHING if column.kind is Kind.AMOUNT else filled(column.name)
    return advance & is_alone(case) & given


@record_rule("L063", "post_shipment_amount", "settlement_principal", code="sum-mismatch")
def is_not_the_sum_of_principals(case: Case) -> pl.Expr:
    """The post-shipment amount is not the sum of the principals (決済元本の合計)."""
    # A principal that is missing or broken makes the sum unknown, and unknown is no mismatch.
    principals = (
        pl.when(is_used(slot)).then(value(slotted("settlement_principal", slot))).otherwise(NOTHING)
        for slot in case.layout.every_slot
    )
    differs = value("post_shipment_amount") != reduce(add, principals)
    settles = has_settlement(case) | is_left_without_settlement(case)
    return differs & settles & ~has_advance_payment(case)


@record_rule("L064", "post_shipment_amount", "contract_principal", code="out-of-range")
def exceeds_the_contract(_: Case) -> pl.Expr:
    """More is to be paid after shipment than the whole contract amounts to."""
    return value("post_shipment_amount") > value("contract_principal")


@record_rule("L065", "pre_shipment_amount", "contract_principal", code="out-of-range")
def fob_exceeds_the_contract(_: Case) -> pl.Expr:
    """The FOB value is more than the whole contract amounts to."""
    return value("pre_shipment_amount") > value("contract_principal")


@item_rule("L066", named("contract_principal", "pre_shipment_amount"), code="out-of-range")
def is_nothing(_: Case, column: Column) -> pl.Expr:
    """A contract over nothing."""
    return value(column.name) == NOTHING


@record_rule("L067", "exchange_rate", "currency_code", code="required")
def lacks_exchange_rate(case: Case) -> pl.Expr:
    """No rate is published for the currency, and none is given (為替換算率)."""
    unpublished = case.register.tables["currencies"].codes(rate_registered="N")
    return is_one_of(value("currency_code"), unpublished) & blank("exchange_rate")


@item_rule("L068", lambda column: column.kind is Kind.AMOUNT, code="bad-format")
def is_finer_than_the_currency(case: Case, column: Column) -> pl.Expr:
    """A fraction in a currency without minor units (補助単位), such as the yen."""
    whole = case.register.tables["currencies"].codes(minor_units="0")
    amount = value(column.name)
    return is_one_of(value("currency_code"), whole) & (amount != amount.floor())
