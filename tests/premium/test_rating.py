"""Ratings: what the shipped table says of each grade, and whom a contract may be insured on."""

import pytest

from services.premium import data
from services.premium.domain.code_tables import Code, Fault, faults
from services.premium.domain.rating import CreditCover, RatingClass, takes_new_cover

SHIPPED = {row["code"]: row["attributes"] for row in data.codes("ratings")}


def graded(*, accident: bool) -> RatingClass:
    """A grade that differs only in whether the buyer has failed to pay."""
    return RatingClass(
        rating="EE",
        name_ja="優良",
        name_en="excellent",
        political_cover=True,
        credit_cover=CreditCover.YES,
        accident=accident,
        sample=False,
    )


def test_an_accident_class_takes_no_new_cover() -> None:
    """Given two buyers that differ in nothing else, then the one that failed to pay is refused."""
    assert takes_new_cover(graded(accident=False))
    assert not takes_new_cover(graded(accident=True))


def test_of_a_buyer_without_grade_nothing_is_known() -> None:
    """Given a buyer whose rating no table explains, then nothing speaks against it."""
    assert takes_new_cover(None)


@pytest.mark.parametrize(
    ("rating", "political", "credit", "accident"),
    [
        ("GS", "Y", "Y", "N"),
        ("EE", "Y", "LIMIT", "N"),
        ("EF", "Y", "LIMIT", "N"),
        ("EC", "Y", "N", "N"),
        ("PU", "Y", "N", "N"),
        ("SA", "Y", "Y", "N"),
        ("SC", "Y", "N", "N"),
        ("ER", "Y", "N", "Y"),
        ("EB", "N", "N", "Y"),
    ],
)
def test_each_grade_allows_what_the_notes_say(
    rating: str, political: str, credit: str, accident: str
) -> None:
    """Given a shipped grade, then it allows what domain notes §3.2 print for its column."""
    assert SHIPPED[rating] == {
        "political_cover": political,
        "credit_cover": credit,
        "accident": accident,
    }


def test_every_grade_that_ends_in_r_or_b_is_an_accident_class() -> None:
    """Given all shipped grades, then accident classes are those that end in R or B."""
    accidents = {code for code, told in SHIPPED.items() if told["accident"] == "Y"}

    assert accidents == {code for code in SHIPPED if code[1] in "RB"}
    assert len(SHIPPED) == 19


def test_a_word_no_rule_can_read_is_found() -> None:
    """Given a grade that covers credit perhaps, when it is published, then its place is told."""
    perhaps = SHIPPED["EE"] | {"credit_cover": "PERHAPS"}

    found = list(faults("ratings", [Code("EE", "優良", "excellent", perhaps)]))

    assert found == [Fault(0, "bad-format", "credit_cover")]
