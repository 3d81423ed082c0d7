"""Ratings of overseas buyers (格付): the register's class and the class of credit management.

Source: domain notes §3.1 (grid) – left letter G government, E enterprise, S bank, P provisional.
"""

from enum import StrEnum


class Rating(StrEnum):
    """A buyer's rating (格付), two letters."""

    GS = "GS"
    GA = "GA"
    GE = "GE"
    EE = "EE"
    EA = "EA"
    EM = "EM"
    EF = "EF"
    EC = "EC"
    SA = "SA"
    SC = "SC"
    PN = "PN"
    PU = "PU"
    PT = "PT"
    GR = "GR"
    ER = "ER"
    SR = "SR"
    GB = "GB"
    EB = "EB"
    SB = "SB"

    @property
    def is_accident_class(self) -> bool:
        """Say whether the buyer has failed to pay (事故管理区分: R or B)."""
        return self.value[1] in "RB"


class ChangeCause(StrEnum):
    """Why a buyer has another rating than before."""

    ENTERED = "ENTERED"
    LOSS_NOTICE = "LOSS_NOTICE"
    LOSS_NOTICE_WITHDRAWN = "LOSS_NOTICE_WITHDRAWN"


_REMARKS = {"G": Rating.GR, "E": Rating.ER, "S": Rating.SR}


def fallen(rating: Rating) -> Rating:
    """Tell the rating of a buyer on whom a loss was notified: R in its registry class.

    A provisional buyer keeps its own, which carries no credit cover anyway, and an accident class
    is no further to fall.
    Source: domain notes §3.1 (R: default), §3.2 (P, R), §3.3 (R applies at once).
    """
    return rating if rating.is_accident_class else _REMARKS.get(rating.value[0], rating)
