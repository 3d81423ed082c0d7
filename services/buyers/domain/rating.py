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
