"""The submissions of the examples whose fate is decided before any row is looked at."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from libs.common.dates import today_in_japan
from services.ledger.domain import receiving
from services.ledger.domain.blocks import Charset
from services.ledger.domain.findings import Finding, Severity, rule_book
from services.ledger.domain.partition import numbered
from services.ledger.domain.reading import Reading

from . import given

_SUBMISSIONS = json.loads((given.EXAMPLES / "file_level" / "cases.json").read_text())
BY_WEB = [submission for submission in _SUBMISSIONS if submission["channel"] == "web"]
_LAYOUTS = {"new": "2103", "change": "2110"}


@pytest.mark.parametrize("submission", BY_WEB, ids=lambda submission: submission["id"])
def test_a_submission_is_received_as_expected(submission: dict[str, Any]) -> None:
    """Given a submission by Web, when it is received, then exactly the expected rules speak."""
    expected = submission["expected"]

    rules = [finding.rule for finding in _received(submission)]

    assert rules == expected["rules"]
    assert expected["file_accepted"] == (not any(map(_refuses, rules)))


def _refuses(rule: str) -> bool:
    return rule_book()[rule].severity is Severity.ERROR


def _received(submission: dict[str, Any]) -> Iterator[Finding]:
    """Ask in the order of a submission, and no further than a refusal."""
    name, declared = submission["submitted_file_name"], submission["declared_count"]
    sent_on = today_in_japan(datetime.fromisoformat(submission["received_at"]))
    holder = submission.get("submitter_shipper_code", given.TOTO)
    yield from receiving.judge_name(name, given.names_of(holder), sent_on)
    form = receiving.form_of(name)
    if form is None:
        return
    count = list(receiving.judge_declared_count(declared))
    if count:
        yield from count
        return
    reading = Reading(form, Charset.CP932)
    content = (given.EXAMPLES / submission["file"]).read_bytes()
    policies = {number for rows in map(numbered, reading.frames([content])) for number in _of(rows)}
    yield from reading.findings
    if reading.layout is None or any(_refuses(finding.rule) for finding in reading.findings):
        return
    yield from receiving.judge_layout(_LAYOUTS[submission["declared_kind"]], reading.layout)
    yield from receiving.judge_count(declared, receiving.Count(len(policies), reading.rows))


def _of(rows: pl.DataFrame) -> list[str]:
    return rows["policy_number"].to_list()
