"""Ratings (格付) as the code table of that name publishes them: what each lets us cover."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class CreditCover(StrEnum):
    """Whether the credit risk (信用危険) on a buyer is covered.

    Source: domain notes §3.2.
    """

    YES = "Y"
    WITHIN_LIMIT = "LIMIT"
    NO = "N"


@dataclass(frozen=True, slots=True)
class RatingClass:
    """What one rating allows; in an accident class (事故管理区分) the buyer has failed to pay."""

    rating: str
    name_ja: str
    name_en: str
    political_cover: bool
    credit_cover: CreditCover
    accident: bool
    sample: bool


ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "political_cover": frozenset("YN"),
    "credit_cover": frozenset(CreditCover),
    "accident": frozenset("YN"),
}
"""What a code table of ratings says of each, and with which words."""


def takes_new_cover(rating: RatingClass | None) -> bool:
    """Tell whether a contract may be insured on a buyer; of one without rating nothing is known.

    Source: domain notes §3.1 (accident classes), §3.2 (what they allow).
    """
    return rating is None or not rating.accident
