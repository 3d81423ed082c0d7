"""Why the re-check marks a state: one mark for each, which tells all that is wrong with it."""

import polars as pl

from services.ledger.domain import rules
from services.ledger.domain.recheck import SCHEMA
from services.ledger.domain.recheck_reasons import with_reasons

STATE = ("1020010035726000001", "00", "00", 0)


def _broken(*found: str) -> pl.DataFrame:
    return pl.DataFrame([(*STATE, rule) for rule in found], SCHEMA, orient="row")


def test_every_rule_that_is_asked_again_has_words() -> None:
    """Given the rules of the re-check, when a state breaks one, then both languages say how."""
    for rule in rules.KNOWN:
        [said] = with_reasons(_broken(rule.number)).to_dicts()

        assert said["rule"] == rule.number
        assert said["reason_ja"].endswith("。")
        assert said["reason_en"].endswith(".")


def test_a_state_that_breaks_two_rules_is_marked_once() -> None:
    """Given a state with two faults, when it is marked, then its one reason tells of both."""
    [said] = with_reasons(_broken("L039", "L042")).to_dicts()

    assert said["rule"] == "L039"
    assert said["reason_en"] == (
        "A shipper code is no longer registered. A buyer is no longer in the buyer register."
    )


def test_where_nothing_is_broken_nothing_is_said() -> None:
    """Given states that still stand, when reasons are asked for, then there are none."""
    assert with_reasons(_broken()).is_empty()
