"""Needs: what a layout calls mandatory is what the rules miss when it is not there."""

import polars as pl
import pytest

from services.ledger.domain.layout import CHANGES, NEW_APPLICATIONS, Layout
from services.ledger.domain.needs import Asking, mandatory_for

from . import given
from .changing import cancellation, change, contract, correction, heard, increase, whole
from .given import Application, application

_ASK_FOR_WHAT_IS_MISSING = {"L020", "L104", "L109", "L110"}
_GOOD: dict[Asking, Application] = {
    Asking.CHANGE: change(),
    Asking.INCREASE: increase(),
    Asking.CORRECT_ISSUED: correction("3"),
    Asking.CORRECT: correction(),
    Asking.CANCEL: cancellation(),
}
_NOT_INVOICED = {Asking.CORRECT, Asking.CANCEL}


def _mandatory(layout: Layout, asking: Asking) -> set[int]:
    return {it.item_no for it in layout.columns if asking in mandatory_for(it, layout)}


def test_a_new_application_misses_what_is_called_mandatory() -> None:
    """Given a new application, when items are blank in turn, then L020 asks for those alone."""
    missed = set()
    for column in NEW_APPLICATIONS.where(lambda it: it.slot in (None, 1)):
        if "L020" in given.rules(application(**{column.name: None})):
            missed.add(column.item_no)

    # A record with a usance but no method has a settlement, of which another rule speaks.
    assert missed == _mandatory(NEW_APPLICATIONS, Asking.NEW) - {36}


@pytest.mark.parametrize("asking", _GOOD)
def test_a_request_misses_what_is_called_mandatory(asking: Asking) -> None:
    """Given a request, when items are blank in turn, then the rules ask for those alone."""
    columns = CHANGES.where(lambda it: it.slot in (None, 1))
    serials = [f"{number:06}" for number, _ in enumerate(columns, 700)]
    contracts = (whole(serial_number=serial) for serial in serials)
    states = contract(*contracts, finalised=asking not in _NOT_INVOICED)
    requests = [
        {**_GOOD[asking], "serial_number": serial, column.name: None}
        for serial, column in zip(serials, columns, strict=True)
    ]

    findings = heard(*requests, states=states).findings
    wanting = findings.filter(pl.col("rule").is_in(_ASK_FOR_WHAT_IS_MISSING))
    missed = set(wanting["item_nos"].explode())

    assert missed == _mandatory(CHANGES, asking) - {43}


def test_only_the_first_settlement_must_be_there() -> None:
    """Given two slots, when their methods are looked at, then only the first is mandatory."""
    first, second = (CHANGES[f"settlement_method_{slot}"] for slot in (1, 2))

    assert mandatory_for(first, CHANGES) == (Asking.INCREASE,)
    assert mandatory_for(second, CHANGES) == ()
