"""What a part of a file is judged against, brought from our copies of the registers."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.driver import Statement

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
_AGREEMENTS = Statement("""
SELECT agreement.agreement_code, branch_office_code, policyholder_code, valid_from, valid_to,
       minimum_increase_amount, significant_delay_count + COALESCE(counted, 0) AS delays
FROM agreements AS agreement
LEFT JOIN significant_delays AS ours
       ON ours.tenant = :tenant AND ours.agreement_code = agreement.agreement_code
""")
_ACTIVE_POLICYHOLDERS = Statement("SELECT policyholder_code FROM policyholders WHERE active")
_BUYERS = Statement("""
SELECT buyer_code, country_code, rating FROM buyers
WHERE active AND buyer_code = ANY(CAST(:codes AS text[]))
""")
_BUYER = {"buyer_code": pl.String, "country": pl.String, "rating": pl.String}
_BUYER_ITEMS = ("payer_code", "guarantor_code", "sales_counterparty_code")
# Numbers run on: as a rule none among new ones was used before.
_IS_ANY_USED = Statement("""
SELECT EXISTS (SELECT FROM contracts
               WHERE tenant = :tenant AND policy_number BETWEEN :lowest AND :highest)
""")
_WHOLE = rf"^[0-9]{{{POLICY_DIGITS}}}$"
# As one text they are sent ten times as fast.
_USED = Statement("""
SELECT policy_number FROM contracts
WHERE tenant = :tenant AND policy_number = ANY(string_to_array(:numbers, ','))
""")
_CODE_TABLES = Statement("""
SELECT DISTINCT ON (name) name, rows FROM code_tables WHERE valid_from <= :on
ORDER BY name, version DESC
""")
# The newest comes last and stays.
_SEVERITIES = Statement("""
SELECT rule, severity FROM rule_severities WHERE valid_from <= :on ORDER BY valid_from
""")


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
    agreements = await _AGREEMENTS.rows(tx, tenant=tx.info["tenant"])
    policyholders = [it.policyholder_code for it in await _ACTIVE_POLICYHOLDERS.rows(tx)]
    named = [tuple(it) for it in await _BUYERS.rows(tx, codes=sorted(buyers))]
    return Register(
        agreements=pl.DataFrame(
            [[getattr(it, name) for name in _AGREEMENT] for it in agreements],
            schema=_AGREEMENT,
            orient="row",
        ),
        policyholders=pl.Series(policyholders, dtype=pl.String),
        buyers=pl.DataFrame(named, _BUYER, orient="row"),
        policy_numbers=pl.Series(used, dtype=pl.String),
        delays={it.agreement_code: it.delays for it in agreements},
        tables=await _code_tables(tx, on),
        states=states,
        minimum_increase={it.agreement_code: it.minimum_increase_amount for it in agreements},
    )


def _named_in(rows: pl.DataFrame) -> tuple[pl.Series, set[str]]:
    """Find the policy numbers and the buyers that rows name."""
    return rows["policy_number"].drop_nulls().unique(), set(_buyer_codes(rows))


def _buyer_codes(rows: pl.DataFrame) -> Iterator[str]:
    named = pl.concat([rows[name].alias("buyer") for name in _BUYER_ITEMS])
    return (code.replace("-", "") for code in named.unique() if code is not None)


async def policyholders(tx: AsyncSession) -> Sequence[str]:
    """Name every policyholder (保険利用者) that was ever heard of, the inactive ones too."""
    code = tables.Policyholder.policyholder_code
    return (await tx.scalars(select(code).order_by(code))).all()


async def _used(tx: AsyncSession, policy_numbers: pl.Series) -> list[str]:
    # Whole numbers alone can be used already; digits are in one order here and in the database.
    whole = policy_numbers.filter(policy_numbers.str.contains(_WHOLE))
    own = {"tenant": tx.info["tenant"]}
    between = {"lowest": whole.min(), "highest": whole.max()}
    if whole.is_empty() or not await _IS_ANY_USED.value(tx, **own, **between):
        return []
    numbers = whole.str.join(",").item()
    return [it.policy_number for it in await _USED.rows(tx, **own, numbers=numbers)]


async def _code_tables(tx: AsyncSession, on: date) -> Mapping[str, CodeTable]:
    return {
        table.name: CodeTable({row["code"]: row["attributes"] for row in table.rows})
        for table in await _CODE_TABLES.rows(tx, on=on)
    }


async def severities(tx: AsyncSession, on: date) -> Mapping[str, Severity]:
    """Find the rules that are graver or milder on a day than the rule book prints them."""
    return {it.rule: Severity(it.severity) for it in await _SEVERITIES.rows(tx, on=on)}
