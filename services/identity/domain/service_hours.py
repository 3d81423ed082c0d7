"""Service hours (利用時間): whether filings are taken in now, and when that changes.

Requests are answered at any hour; outside the hours a filing counts as received when they begin
anew. Source: operation manual 13-2; API design §6.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libs.common.dates import JAPAN, BusinessHours, deemed_receipt

Status = Literal["OPEN", "CLOSED", "MAINTENANCE"]


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A time in which the platform may not answer (メンテナンス)."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a part of the service stands, and when it changes, if that is known."""

    status: Status
    changes_at: datetime | None


def answering(now: datetime, maintenances: Iterable[Maintenance]) -> Standing:
    """Say whether requests are answered: always, but for announced maintenance."""
    for one in maintenances:
        if one.begins_at <= now < one.ends_at:
            return Standing("MAINTENANCE", one.ends_at)
    begins = [one.begins_at for one in maintenances if one.begins_at > now]
    return Standing("OPEN", min(begins, default=None))


def taking_in(now: datetime, hours: BusinessHours) -> Standing:
    """Say whether a filing sent now counts as received now."""
    opens = deemed_receipt(now, hours)
    if opens > now:
        return Standing("CLOSED", opens)
    day = now.astimezone(JAPAN).date()
    return Standing("OPEN", datetime.combine(day, hours.closes, JAPAN))
