"""Ratings: who has not paid before gets no new credit cover, under either layout."""

from dataclasses import replace

import polars as pl

from services.ledger.domain.register import CodeTable, Register

from . import changing, given
from .changing import after, change, changed, contract, correction, increase
from .given import GREAT_LAKES, SIAM_VALVE, THAILAND, application

_RATINGS = CodeTable({"EA": {"accident": "N"}, "ER": {"accident": "Y"}, "SR": {"accident": "Y"}})


def _rated(rating: str | None, buyer: str = SIAM_VALVE) -> Register:
    register = given.register()
    is_it = pl.col("buyer_code") == buyer
    return replace(
        register,
        buyers=register.buyers.with_columns(rating=pl.when(is_it).then(pl.lit(rating))),
        tables={**register.tables, "ratings": _RATINGS},
    )


BAD = _rated("ER")
BAD_ALREADY = _rated("SR", GREAT_LAKES)


def test_no_contract_is_taken_on_an_accident_class() -> None:
    """Given a payer rated ER, when a contract on it is applied for, then L140 names it."""
    thai = application(payer_code=SIAM_VALVE, payment_country=THAILAND)

    assert given.items(thai, register=_rated("EA")) == []
    assert given.items(thai, register=BAD) == [("L140", [25])]
    assert given.judged(thai, register=BAD).findings["code"].to_list() == ["rating-not-covered"]


def test_the_counterparty_counts_as_well() -> None:
    """Given a counterparty rated ER, when a contract with it is applied for, then L140."""
    sold = application(sales_counterparty_code="123456-0", sales_country=THAILAND)

    assert given.items(sold, register=BAD) == [("L140", [31])]


def test_without_published_ratings_nobody_is_refused() -> None:
    """Given a rating nobody explains, when a contract is applied for, then it is taken."""
    unexplained = replace(BAD, tables=given.register().tables)

    assert given.rules(application(), register=unexplained) == []


def test_a_change_to_an_accident_class_is_refused() -> None:
    """Given a contract, when payer or counterparty become one rated ER, then L140 names them."""
    payer = changed("10", payer_code=SIAM_VALVE, payment_country=THAILAND)
    counterparty = changed("14", sales_counterparty_code=SIAM_VALVE, sales_country=THAILAND)

    assert changing.items(payer, register=BAD) == [("L140", [30])]
    assert changing.items(counterparty, register=BAD) == [("L140", [36])]
    corrected = correction("3", payer_code=SIAM_VALVE, payment_country=THAILAND)
    assert changing.items(corrected, register=BAD) == [("L140", [30])]


def test_what_is_covered_already_may_still_change() -> None:
    """Given a contract whose payer fell to SR, when its goods change, then nobody minds."""
    assert changing.rules(change(), register=BAD_ALREADY) == []


def test_it_is_not_increased() -> None:
    """Given a contract whose payer fell to SR, when it is increased, then L140 refuses."""
    found = changing.items(increase(), register=BAD_ALREADY)

    assert found == [("L140", [30]), ("L140", [36])]


def test_a_party_that_comes_back_is_new() -> None:
    """Given a payer that was replaced, when it comes back rated SR, then L140 refuses."""
    other = changed("10", payer_code=SIAM_VALVE, payment_country=THAILAND)
    states = after(contract(), other)
    back = changed("10", payer_code=GREAT_LAKES, payment_country="304")

    assert changing.rules(back, states=states, register=BAD_ALREADY) == ["L140"]
