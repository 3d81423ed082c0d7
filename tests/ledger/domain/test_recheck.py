"""The re-check: what was accepted once, judged by registers that have changed since."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from services.ledger.domain.findings import Severity
from services.ledger.domain.recheck import recheck
from services.ledger.domain.register import CodeTable, Register

from . import given
from .changing import POLICY, after, contract, correction, increase, known
from .given import GREAT_LAKES, TOTO, TOTO_AGREEMENT, TOTO_OSAKA, USA, application, judged

APPLIED = contract(finalised=False)


def _found(states: pl.DataFrame, register: Register) -> list[tuple[str, str, str, int, str]]:
    return recheck(states, given.case(register=register)).rows()


def _without_code(table: str, code: str) -> Register:
    register = given.register()
    rows: Mapping[str, Mapping[str, str]] = register.tables[table].rows
    left = CodeTable({key: row for key, row in rows.items() if key != code})
    return replace(register, tables={**register.tables, table: left})


def _without_buyer(code: str) -> Register:
    register = given.register()
    return replace(register, buyers=register.buyers.filter(pl.col("buyer_code") != code))


def test_nothing_changed_and_nothing_is_found() -> None:
    """Given the registers of the day, when states are judged again, then all of them stand."""
    many = judged(
        application(),
        given.paid_in_advance(serial_number="000502"),
        given.in_two_settlements(serial_number="000503"),
    )

    assert _found(known(many.accepted), given.register()) == []


def test_a_buyer_that_is_gone_is_found_where_it_is_named() -> None:
    """Given two contracts, when the payer of one is gone, then L042 tells that one, once."""
    other = application(
        serial_number="000502", payer_code=given.SIAM_VALVE, payment_country=given.THAILAND
    )
    states = known(judged(application(), other).accepted)

    assert _found(states, _without_buyer(GREAT_LAKES)) == [(POLICY, "00", "00", 0, "L042")]


def test_a_code_that_is_gone_is_found() -> None:
    """Given a country, a method and goods, when they leave their tables, then L025 tells."""
    for table, code in (
        ("countries", USA),
        ("settlement_methods", "41"),
        ("hs_codes", "847989"),
    ):
        assert _found(APPLIED, _without_code(table, code)) == [(POLICY, "00", "00", 0, "L025")]


def test_the_revision_that_holds_is_named() -> None:
    """Given a corrected contract, when its payer is gone, then the correction is what is marked."""
    states = after(APPLIED, correction())

    assert _found(states, _without_buyer(GREAT_LAKES)) == [(POLICY, "00", "00", 1, "L042")]


def test_each_branch_is_judged_by_itself() -> None:
    """Given an increase, when the payer of both branches is gone, then both are told."""
    states = after(contract(), increase())

    found = _found(states, _without_buyer(GREAT_LAKES))

    assert [(branch, rule) for _, branch, _, _, rule in found] == [("00", "L042"), ("01", "L042")]


def test_an_agreement_or_a_policyholder_that_is_gone_is_found() -> None:
    """Given an insured and an agreement, when they are gone, then L039 and L032 tell."""
    states = contract(application(insured_code=TOTO_OSAKA), finalised=False)
    register = given.register()
    others = register.agreements.filter(pl.col("agreement_code") != TOTO_AGREEMENT)

    assert _found(states, replace(register, policyholders=pl.Series([TOTO]))) == [
        (POLICY, "00", "00", 0, "L039")
    ]
    assert _found(states, replace(register, agreements=others)) == [(POLICY, "00", "00", 0, "L032")]


def test_several_rules_are_told_of_one_state() -> None:
    """Given a payer and a country that are gone, when judged again, then each rule is told."""
    register = replace(_without_code("countries", USA), buyers=_without_buyer(GREAT_LAKES).buyers)

    assert [rule for *_, rule in _found(APPLIED, register)] == ["L025", "L042"]


def test_what_only_warns_marks_nothing() -> None:
    """Given L042 as a warning, when the payer is gone, then nothing is marked."""
    case = given.case(register=_without_buyer(GREAT_LAKES), severities={"L042": Severity.WARNING})

    assert recheck(APPLIED, case).is_empty()


def test_of_nothing_nothing_is_found() -> None:
    """Given no state, when judged again, then nothing is found."""
    assert recheck(APPLIED.clear(), given.case()).is_empty()
