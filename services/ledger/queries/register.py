"""What a part of a file is judged against, brought from our copies of the registers."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..domain.findings import Severity
from ..domain.layout import CHANGES, Layout
from ..domain.partition import POLICY_DIGITS
from ..domain.register import CodeTable, Register
from ..domain.states import NO_STATES
from .states import states_of

_AGREEMENT = {
    "agreement_code": pl.String,
    "branch_office_code": pl.String,
    "policyholder_code": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}
_BUYER_ITEMS = ("payer_code", "guarantor_code", "sales_counterparty_code")


async def register_for(tx: AsyncSession, rows: pl.DataFrame, layout: Layout, on: date) -> Register:
    """Bring together what these rows can ask for on a day, and no more."""
    numbers, buyers = await asyncio.to_thread(_named_in, rows)
    is_change = layout.code == CHANGES.code
    states = await states_of(tx, numbers) if is_change else NO_STATES
    used = await _used(tx, numbers)
    # What a change leaves blank stays: the parties of the contract are judged again.
    buyers.update(_buyer_codes(states))
    return await _register(tx, buyers, used, states, on)


async def register_of(tx: AsyncSession, states: pl.DataFrame, on: date) -> Register:
    """Bring together what is asked when known states are judged again on a day."""
    return await _register(tx, set(_buyer_codes(states)), [], states, on)


async def _register(
    tx: AsyncSession, buyers: Iterable[str], used: list[str], states: pl.DataFrame, on: date
) -> Register:
    return Register(
        agreements=await _agreements(tx),
        policyholders=pl.Series(await _policyholder_codes(tx), dtype=pl.String),
        buyers=await _buyers(tx, buyers),
        policy_numbers=pl.Series(used, dtype=pl.String),
        delays=await _delays(tx),
        tables=await _code_tables(tx, on),
        states=states,
        minimum_increase=await _minimum_increase(tx),
    )


def _named_in(rows: pl.DataFrame) -> tuple[pl.Series, set[str]]:
    """Find the policy numbers and the buyers that rows name."""
    return rows["policy_number"].drop_nulls().unique(), set(_buyer_codes(rows))


def _buyer_codes(rows: pl.DataFrame) -> Iterator[str]:
    for name in _BUYER_ITEMS:
        yield from rows[name].drop_nulls().unique().str.replace_all("-", "")


async def policyholders(tx: AsyncSession) -> Sequence[str]:
    """Name every policyholder (保険利用者) that was ever heard of, the inactive ones too."""
    code = tables.Policyholder.policyholder_code
    return (await tx.scalars(select(code).order_by(code))).all()


async def _agreements(tx: AsyncSession) -> pl.DataFrame:
    columns = [getattr(tables.Agreement, name) for name in _AGREEMENT]
    found = [tuple(row) for row in await tx.execute(select(*columns))]
    return pl.DataFrame(found, schema=_AGREEMENT, orient="row")


async def _policyholder_codes(tx: AsyncSession) -> list[str]:
    active = select(tables.Policyholder.policyholder_code).where(tables.Policyholder.active)
    return list(await tx.scalars(active))


async def _buyers(tx: AsyncSession, codes: Iterable[str]) -> pl.DataFrame:
    buyer = tables.Buyer
    wanted = select(buyer.buyer_code, buyer.country_code, buyer.rating).where(
        buyer.active, buyer.buyer_code == func.any(sorted(codes))
    )
    schema = {"buyer_code": pl.String, "country": pl.String, "rating": pl.String}
    return pl.DataFrame([tuple(row) for row in await tx.execute(wanted)], schema, orient="row")


async def _used(tx: AsyncSession, policy_numbers: pl.Series) -> list[str]:
    # Whole numbers alone can be used already; as one text they are sent ten times as fast.
    whole = policy_numbers.filter(policy_numbers.str.len_bytes() == POLICY_DIGITS)
    asked = func.string_to_array(whole.str.join(",").item(), ",")
    number = tables.Contract.policy_number
    return list(await tx.scalars(select(number).where(number == func.any(asked))))


async def _delays(tx: AsyncSession) -> Mapping[str, int]:
    """Count significant delays: what was brought along from before, and what we counted."""
    agreement, counted = tables.Agreement, tables.SignificantDelays
    statement = select(
        agreement.agreement_code,
        (agreement.significant_delay_count + func.coalesce(counted.counted, 0)).label("delays"),
    ).outerjoin(
        counted,
        (counted.agreement_code == agreement.agreement_code)
        & (counted.tenant == tx.info["tenant"]),
    )
    return {row.agreement_code: row.delays for row in await tx.execute(statement)}


async def _minimum_increase(tx: AsyncSession) -> Mapping[str, Decimal]:
    agreement = tables.Agreement
    rows = await tx.execute(select(agreement.agreement_code, agreement.minimum_increase_amount))
    return {row.agreement_code: row.minimum_increase_amount for row in rows}


async def _code_tables(tx: AsyncSession, on: date) -> Mapping[str, CodeTable]:
    table = tables.CodeTable
    in_force = (
        select(table)
        .ext(distinct_on(table.name))
        .where(table.valid_from <= on)
        .order_by(table.name, table.version.desc())
    )
    tables_found = await tx.scalars(in_force)
    return {
        table.name: CodeTable({row["code"]: row["attributes"] for row in table.rows})
        for table in tables_found
    }


async def severities(tx: AsyncSession, on: date) -> Mapping[str, Severity]:
    """Find the rules that are graver or milder on a day than the rule book prints them."""
    rule = tables.RuleSeverity
    in_force = select(rule.rule, rule.severity).where(rule.valid_from <= on)
    # The newest comes last and stays.
    rows = await tx.execute(in_force.order_by(rule.valid_from))
    return {name: Severity(severity) for name, severity in rows}
