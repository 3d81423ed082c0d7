"""Files of changes one after the other: what is known grows, and nothing is lost or made up."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ledger.domain.layout import CHANGES
from services.ledger.domain.resulting import known_after
from services.ledger.domain.states import CANCELLED, INSURED_AMOUNTS

from .change_files import files, worlds, worlds_known
from .changing import heard, stored
from .given import Application

_KEY = ("policy_number", "branch_number", "history_number")
_FREE_TO_DIFFER = ("03", "99")


@settings(max_examples=15)
@given(st.lists(files(CHANGES), min_size=1, max_size=4), worlds_known)
def test_whatever_is_asked_in_a_row_amounts_and_histories_stay_in_order(
    uploads: list[list[Application]], world: str
) -> None:
    """Given any files one after the other, when they are stored, then nothing is lost or raised."""
    states = worlds()[world]
    for number, requests in enumerate(uploads):
        accepted = heard(*requests, states=states).accepted

        following = stored(known_after(states, accepted), f"upload_of_file_{number}")

        _then_histories_are_in_order(states, following, accepted)
        for amount in INSURED_AMOUNTS:
            _then_amounts_are_accounted_for(states, following, accepted, amount)
        states = following


def _then_histories_are_in_order(
    states: pl.DataFrame, following: pl.DataFrame, accepted: pl.DataFrame
) -> None:
    assert not accepted.select(_KEY).is_duplicated().any()
    assert states.join(following, on=_KEY, how="anti").is_empty()
    both = states.join(following, on=_KEY, suffix="_after")
    raised = both["revision_after"] - both["revision"]
    assert raised.is_between(0, 1).all()
    made = accepted.filter(pl.col("requested_type") == "2")
    assert len(following) == len(states) + len(made)


def _then_amounts_are_accounted_for(
    states: pl.DataFrame, following: pl.DataFrame, accepted: pl.DataFrame, amount: str
) -> None:
    changes = accepted.filter(pl.col("change_reason").is_in(_FREE_TO_DIFFER).not_())
    if len(changes) < len(accepted) or (accepted["requested_type"] != "2").any():
        return
    added = accepted.filter(pl.col("change_reason") == "01")[amount].sum()
    rise = _insured(following, amount) - _insured(states, amount) - added
    is_reduced = (accepted["change_reason"] == "02").any()
    assert rise <= 0 if is_reduced else rise == 0


def _insured(states: pl.DataFrame, amount: str) -> Any:
    """What is insured in all branches, by their latest histories."""
    standing = states.filter(pl.col("status") != CANCELLED).sort(_KEY)
    return standing.group_by(_KEY[:2]).agg(pl.col(amount).last())[amount].fill_null(0).sum()
