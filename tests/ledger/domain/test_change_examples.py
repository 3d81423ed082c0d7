"""The examples of changes: what is known, what comes in, what is found, what is known then."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from services.ledger.domain.blocks import Charset
from services.ledger.domain.layout import NEW_APPLICATIONS_EXTENDED
from services.ledger.domain.reading import Form
from services.ledger.domain.resulting import known_after
from services.ledger.domain.states import CANCELLED

from . import examples
from .changing import known
from .examples import Written, errors, expected, in_every_way, text, wanted, warnings

CHANGES = ("ex1", "ex2", "ex3", "ex5", "ex6", "ex9", "ex_s1", "ex_s2")
CORRECTIONS = ("corr_c1", "corr_c2", "corr_c3")
WITH_ERRORS = ("errors1_change",)


@in_every_way(*CHANGES, *CORRECTIONS, *WITH_ERRORS)
def test_an_example_is_judged_as_expected(written: Written) -> None:
    """Given its contracts, when an example is judged, then the expected findings come out."""
    story, expectation = examples.story(written[0]), expected(written[0])

    judgement, _ = examples.judged(written, story["received_at"], _before(written[0]))

    assert errors(judgement) == wanted(expectation["record_errors"])
    assert wanted(expectation["record_warnings"]) <= warnings(judgement)
    assert judgement.accepted["row"].to_list() == expectation["accepted_rows"]
    assert examples.points_at(judgement, expectation)


@in_every_way(*CHANGES, *CORRECTIONS)
def test_a_contract_becomes_what_is_expected(written: Written) -> None:
    """Given its contract, when an example is accepted, then every history is as expected."""
    story, before = examples.story(written[0]), _before(written[0])
    expectation = expected(written[0])

    judgement, _ = examples.judged(written, story["received_at"], before)

    assert _contracts(before) == _expected_contracts(expectation["state_before"])
    after = known_after(before, judgement.accepted)
    assert _contracts(after) == _expected_contracts(expectation["state_after"])


@in_every_way(*CHANGES, *CORRECTIONS, *WITH_ERRORS)
def test_what_is_significant_is_as_expected(written: Written) -> None:
    """Given an example, when it is judged, then its changes are significant as expected."""
    story, expectation = examples.story(written[0]), expected(written[0])

    judgement, _ = examples.judged(written, story["received_at"], _before(written[0]))

    changes = judgement.accepted.filter(pl.col("requested_type") == "2")
    by_policy = changes.group_by("policy_number").agg(pl.col("significant_items").explode())
    found = {policy: sorted({n for n in numbers if n}) for policy, numbers in by_policy.rows()}
    wished = expectation["significant_changes"]
    assert found == {
        policy.replace("-", ""): [int(number) for number in wished[policy]]
        for policy in wished
        if policy.replace("-", "") in found
    }


@in_every_way("ex2", name="literal")
def test_a_principal_that_is_not_restated_stays(written: Written) -> None:
    """Given a reduction as printed, when item 20 is blank, then L136 warns and it stays."""
    story, expectation = examples.story("ex2"), expected("ex2", "_literal")

    judgement, _ = examples.judged(written, story["received_at"], _before("ex2"))

    assert warnings(judgement) >= wanted(expectation["record_warnings"])
    assert errors(judgement) == set()
    after = known_after(_before("ex2"), judgement.accepted)
    assert _contracts(after) == _expected_contracts(expectation["state_after"])


def _before(example: str) -> pl.DataFrame:
    """What is known when an example comes: its contracts, as far as they had come."""
    conditions = examples.story(example)["preconditions"]
    file = (example, "base_new.cp932.csv", Form.CSV, Charset.CP932)
    base, _ = examples.judged(file, conditions["base_received_at"])
    assert base.refused.is_empty(), base.findings
    states = known(base.accepted)
    serials = states["policy_number"].str.slice(-6)
    facts = [_facts(conditions, serial) for serial in serials]
    return states.with_columns(
        pl.Series("finalised", [fact["application_status"] == "finalised" for fact in facts]),
        pl.Series("invoiced", [fact["is_invoiced"] for fact in facts]),
        pl.Series("marked", [fact["application_status"] == "error" for fact in facts]),
    )


def _facts(conditions: Mapping[str, Any], serial: str) -> dict[str, Any]:
    if "per_serial" in conditions:
        own = conditions["per_serial"][serial]
        return {**own, "is_invoiced": own["premium_invoice_issued"]}
    return {**conditions, "is_invoiced": conditions["premium_invoice_issued_at"] is not None}


def _contracts(states: pl.DataFrame) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Write states as the examples do, by policy, branch and history."""
    return {
        (row["policy_number"], row["branch_number"], row["history_number"]): {
            "is_cancelled": row["status"] == CANCELLED,
            "of_the_branch": _of_the_branch(states, row),
            **{name: text(row[name]) for name in _OF_A_HISTORY},
            "values": examples.values(row, NEW_APPLICATIONS_EXTENDED),
        }
        for row in states.iter_rows(named=True)
    }


_OF_A_HISTORY = (
    "processing_type",
    "change_reason",
    "contract_change_date",
    "application_date",
    "revision",
)


def _of_the_branch(states: pl.DataFrame, row: Mapping[str, Any]) -> tuple[str, str | None]:
    branch = states.filter(
        policy_number=row["policy_number"], branch_number=row["branch_number"]
    ).sort("history_number")
    standing = branch.filter(pl.col("status") != CANCELLED)["status"].to_list()
    first = branch.row(0, named=True)
    return (standing or [CANCELLED])[-1].lower(), first["original_branch_number"]


def _expected_contracts(policies: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {
        (policy["policy_number"].replace("-", ""), branch["branch_number"], number): {
            "is_cancelled": history["status"] == "cancelled",
            "of_the_branch": (branch["status"], branch["original_branch_number"]),
            **{name: text(history[name]) for name in _OF_A_HISTORY},
            "values": history["values"] | {"applicant_code": policy["applicant_code"]},
        }
        for policy in policies
        for branch in policy["branches"]
        for history in branch["histories"]
        for number in [history["history_number"]]
    }
