"""Changes in columns against the rule book read aloud: they say and make the same of any file."""

from dataclasses import replace

import polars as pl
from hypothesis import given, settings

from services.ledger.domain.judging import judge
from services.ledger.domain.layout import CHANGES, CHANGES_EXTENDED, Layout
from services.ledger.domain.states import CONTENT

from .change_files import files, worlds, worlds_known
from .changing import SEPTEMBER_10
from .given import Application, case, register, rows
from .reference import changes as reference

_COMPARED = (
    "policy_number",
    "branch_number",
    "applicant_code",
    "history_number",
    "revision",
    "status",
    "processing_type",
    "change_reason",
    "contract_change_date",
    "original_branch_number",
    "application_date",
    "valid_from",
    "requested_type",
    "opens_branch",
    "significant_items",
    "notify_by",
    "late_notification",
    *(column.name for column in CONTENT),
)


@settings(max_examples=40)
@given(files(CHANGES), worlds_known)
def test_the_engine_says_and_makes_what_the_rule_book_does(
    requests: list[Application], world: str
) -> None:
    """Given any contract and file, when both judge it, then findings and histories agree."""
    _agrees(requests, worlds()[world], CHANGES)


@settings(max_examples=10)
@given(files(CHANGES_EXTENDED), worlds_known)
def test_the_same_holds_with_five_settlements(requests: list[Application], world: str) -> None:
    """Given any extended file, when both judge it, then they agree there, too."""
    _agrees(requests, worlds()[world], CHANGES_EXTENDED)


def _agrees(requests: list[Application], states: pl.DataFrame, layout: Layout) -> None:
    known = replace(register(), states=states)
    circumstances = case(layout=layout, register=known, received_on=SEPTEMBER_10)

    told, results = reference.judge(requests, circumstances)

    judgement = judge(rows(requests), circumstances, limit=10_000)
    findings = judgement.findings.select("row", "rule", "item_nos", "slot").rows()
    assert {(row, rule, tuple(items), slot) for row, rule, items, slot in findings} == told
    accepted = {row["row"]: row for row in judgement.accepted.iter_rows(named=True)}
    assert accepted.keys() == results.keys()
    for row, state in results.items():
        made = {name: accepted[row][name] for name in _COMPARED}
        assert made == {name: state[name] for name in _COMPARED}
    assert len(accepted) + len(judgement.refused) == len(requests)
