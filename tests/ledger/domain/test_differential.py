"""The engine in columns against the rule book read aloud: they say the same of any file."""

from dataclasses import replace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ledger.domain.judging import judge
from services.ledger.domain.layout import (
    NEW_APPLICATIONS,
    NEW_APPLICATIONS_EXTENDED,
    Column,
    Kind,
    Layout,
)

from . import reference
from .given import (
    TOTO_AGREEMENT,
    Application,
    application,
    case,
    extended,
    in_two_settlements,
    paid_in_advance,
    register,
    rows,
)

_GARBAGE = ["0", "1", "-", "x", "+1", " ", "１", "0.0", "999999999", "\t", "é", "00", "12345678"]
_DATES = ["260825", "260824", "260718", "260630", "260601", "260525", "260524", "261030", "270226"]
_LATE = ["281029", "281030", "270401", "260331", "260401", "260230", "280229", "300228", "000101"]
_AMOUNTS = ["250000", "250000.00", "125000", "0", "0.00", "0.01", "100.5", "9999999999999.99"]
_OF_A_FIELD = {
    "branch_office_code": ["10", "15", "11"],
    "agreement_code": [TOTO_AGREEMENT, "300200481", "999999999"],
    "fiscal_year": ["26", "25", "27"],
    "serial_number": ["000501", "000502", "000777"],
    "branch_number": ["00", "01", "02"],
    "goods_hs_code": ["847989", "999999"],
    "usance_period": ["1", "23", "24", "90", "729", "730", "999", "1000", "000"],
    "contract_number": ["TKT", "x" * 30, "x" * 31, "契約" * 7, "契約" * 8],
}
_PARTIES = ["045012300", "045012301", "061007700", TOTO_AGREEMENT, "000000001"]
_BUYERS = ["3344550", "334455-0", "1234560", "7788990", "9998880", "33445-50"]


def _texts(column: Column) -> st.SearchStrategy[str | None]:
    """Texts an item may hold: good ones, edges, and nonsense."""
    if column.field in _OF_A_FIELD:
        likely = _OF_A_FIELD[column.field]
    elif column.code_table:
        likely = [*register().tables[column.code_table].codes(), "9" * column.width]
    else:
        likely = {
            Kind.DIGITS: _PARTIES,
            Kind.BUYER: _BUYERS,
            Kind.DATE: [*_DATES, *_LATE],
            Kind.AMOUNT: _AMOUNTS,
            Kind.RATE: ["1.5", "148.2500", "9999999.9999", "1.00001"],
        }.get(column.kind, ["1"])
    return st.none() | st.sampled_from(likely) | st.sampled_from(_GARBAGE)


@st.composite
def _files(draw: st.DrawFn, layout: Layout) -> list[Application]:
    """One to four applications, each with a few items changed, often of one policy."""
    starts = [application, paid_in_advance, in_two_settlements]
    if layout is NEW_APPLICATIONS_EXTENDED:
        starts = [extended]
    applications = []
    for _ in range(draw(st.integers(1, 4))):
        one = draw(st.sampled_from(starts))()
        changed = draw(st.lists(st.sampled_from(layout.columns), max_size=6, unique=True))
        changes = {column.name: draw(_texts(column)) for column in changed}
        applications.append({**one, **changes, **draw(_branches)})
    return applications


_branches = st.sampled_from(
    [{}, {"branch_number": "00"}, {"branch_number": "01"}, {"serial_number": "000502"}]
)


def _agrees(applications: list[Application], layout: Layout) -> None:
    used = pl.Series([f"15{TOTO_AGREEMENT}26000777"])
    circumstances = case(
        layout=layout,
        register=replace(register(), policy_numbers=used),
        evidence_cases={f"10{TOTO_AGREEMENT}25000501": "E02"},
    )

    told, accepted = reference.judge(applications, circumstances)

    judgement = judge(rows(applications), circumstances, limit=10_000)
    findings = judgement.findings.select("row", "rule", "item_nos", "slot").rows()
    assert {(row, rule, tuple(items), slot) for row, rule, items, slot in findings} == told
    assert judgement.accepted["row"].to_list() == accepted
    assert judgement.errors + judgement.warnings == len(findings)


@settings(max_examples=80)
@given(_files(NEW_APPLICATIONS))
def test_the_engine_says_what_the_rule_book_says(applications: list[Application]) -> None:
    """Given any file, when both judge it, then every finding and every accepted row agrees."""
    _agrees(applications, NEW_APPLICATIONS)


@settings(max_examples=25)
@given(_files(NEW_APPLICATIONS_EXTENDED))
def test_the_same_holds_with_five_settlements(applications: list[Application]) -> None:
    """Given any extended file, when both judge it, then they agree there, too."""
    _agrees(applications, NEW_APPLICATIONS_EXTENDED)
